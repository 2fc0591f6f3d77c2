/** Whether X-Ray traces the functions: in China Lambda does not offer that (Amazon Web Services in China, "Lambda"). */
module.exports = async ({ resolveVariable }) => !(await resolveVariable('self:provider.region')).startsWith('cn-')
