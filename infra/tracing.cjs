/** Whether X-Ray traces the functions: Lambda does not offer that in China (Amazon Web Services in China, "Lambda"). */
module.exports = async ({ resolveVariable }) => !(await resolveVariable('self:provider.region')).startsWith('cn-')
