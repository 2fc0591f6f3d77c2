import { deferredEvent } from '../src/events/read-event.ts'
import { ADMIN, REGION } from './clients.ts'
import type { SandboxKey } from './open-sandbox.ts'
import { DEAD_LETTER_QUEUE, functionName } from './stack-names.ts'

/** What to type in another terminal while the sandbox is open. */
export function instructions({ endpoint, person }: SandboxKey): string {
  return `In another terminal, in this folder:

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${REGION} AWS_DEFAULT_REGION=${REGION}
  export AWS_ACCESS_KEY_ID=${ADMIN.accessKeyId} AWS_SECRET_ACCESS_KEY=${ADMIN.secretAccessKey}

  aws iam create-role --role-name release-manager --tags Key=okta-sso,Value=true --assume-role-policy-document \\
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
  npx --no okta-role-trust plan
  npx --no serverless invoke -f backfill --data '{"dryRun":true}'
  npx --no serverless invoke -f scheduled-sweep
  aws iam get-role --role-name release-manager
  npx --no serverless invoke -f role-event --data '${JSON.stringify(deferredEvent('release-manager'))}'
  aws logs filter-log-events --log-group-name /aws/lambda/${functionName('role-event')} --query 'events[].message'
  aws sqs receive-message --endpoint-url ${endpoint} --queue-url ${endpoint}/${person.accountId}/${DEAD_LETTER_QUEUE}

Calls that you make by hand send no events: the local AWS has no CloudTrail that would. Invoke a function instead.
To stop it, press Ctrl-C here. In the other terminal, unset these variables before you deploy to AWS.`
}
