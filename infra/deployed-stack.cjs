const { createRequire } = require('node:module')

/** The clients of osls itself: the configuration that it gives (credentials, region, proxy) is made for these. */
const requireOfOsls = createRequire(require.resolve('serverless/package.json'))
const { CloudFormationClient, DescribeStacksCommand } = requireOfOsls('@aws-sdk/client-cloudformation')
const { IAMClient, paginateGetAccountAuthorizationDetails } = requireOfOsls('@aws-sdk/client-iam')
const { GetFunctionCommand, LambdaClient } = requireOfOsls('@aws-sdk/client-lambda')
const { GetObjectCommand, S3Client } = requireOfOsls('@aws-sdk/client-s3')

/** That it could not be read, with what to do: nobody may take it for "there is none". */
class Unreadable extends Error {
  constructor(what, permission, { name, message }) {
    const isDenied = /AccessDenied|NotAuthorized|UnauthorizedOperation/.test(`${name} ${message}`)
    const remedy = isDenied ? `whoever deploys needs ${permission}` : 'deploy again once that is mended'
    super(
      `${what} could not be read, so nobody can say what this would change: ${message}. Nothing was deployed: ${remedy}`,
    )
    // osls would print it.
    this.stack = undefined
  }
}

/** The status and the tags (key to value) of the stack; undefined: there is none. */
async function readStack(provider) {
  const name = provider.naming.getStackName()
  const client = new CloudFormationClient(await provider.getAwsSdkV3Config())
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }))
    const [{ StackStatus: status, Tags = [] }] = Stacks
    return { name, status, tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }
  } catch (error) {
    if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined
    throw isOfOsls(error) ? error : new Unreadable(`The stack ${name}`, 'cloudformation:DescribeStacks', error)
  }
}

/** The environment of a function; undefined: there is no such function. */
async function readVariables(provider, functionName) {
  const client = new LambdaClient(await provider.getAwsSdkV3Config())
  try {
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: functionName }))
    return variablesOf(functionName, Configuration)
  } catch (error) {
    if (error.name === 'ResourceNotFoundException') return undefined
    throw isOfOsls(error) ? error : new Unreadable(`The function ${functionName}`, 'lambda:GetFunction', error)
  }
}

/** Where Lambda cannot decrypt the variables it leaves them all out, which would look like the defaults. */
function variablesOf(functionName, { Environment: { Variables = {}, Error: problem } = {} }) {
  if (problem === undefined) return Variables
  const { ErrorCode: name, Message: message } = problem
  throw new Unreadable(`The environment of the function ${functionName}`, 'kms:Decrypt', { name, message })
}

/**
 * The template of an earlier deployment, where osls puts and finds it; undefined: there is none of that time.
 *
 * @param timestamp as `rollback` takes it
 */
async function readEarlierTemplate(provider, serviceName, timestamp) {
  // As osls reads it.
  const [time] = [new Date(timestamp), new Date(Number(timestamp))].map(Number).filter((one) => !Number.isNaN(one))
  if (time === undefined) return undefined
  const bucket = await provider.getServerlessDeploymentBucketName()
  const folder = [provider.getDeploymentPrefix(), serviceName, provider.getStage()].join('/')
  const file = provider.naming.getCompiledTemplateS3Suffix()
  const key = `${folder}/${time}-${new Date(time).toISOString()}/${file}`
  const client = new S3Client(await provider.getAwsSdkV3Config())
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return JSON.parse(await Body.transformToString())
  } catch (error) {
    if (error.name === 'NoSuchKey') return undefined
    throw isOfOsls(error) ? error : new Unreadable(`s3://${bucket}/${key}`, 's3:GetObject', error)
  }
}

/** The names of all roles of the account, and their trust policies as JSON text. */
async function readTrustPolicies(provider) {
  const client = new IAMClient(await provider.getAwsSdkV3Config())
  const roles = []
  try {
    for await (const { RoleDetailList = [] } of paginateGetAccountAuthorizationDetails(
      { client },
      { Filter: ['Role'] },
    )) {
      for (const { RoleName: name, AssumeRolePolicyDocument: document = '' } of RoleDetailList) {
        roles.push({ name, document: decodeURIComponent(document) })
      }
    }
  } catch (error) {
    throw isOfOsls(error) ? error : new Unreadable('The trust policies', 'iam:GetAccountAuthorizationDetails', error)
  }
  return roles
}

/** Its own errors, such as of missing credentials, say what to do. */
function isOfOsls(error) {
  return error.name === 'ServerlessError' || error instanceof Unreadable
}

module.exports = { readStack, readVariables, variablesOf, readEarlierTemplate, readTrustPolicies }
