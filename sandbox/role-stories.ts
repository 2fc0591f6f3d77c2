import {
  CreateRoleCommand,
  type IAMClient,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { oktaSso, policyOf, trusting } from './trust-policies.ts'

/** What people do to a role, and what must become of its trust policy. */
export interface RoleStory {
  readonly roleName: string
  readonly title: string
  readonly first: readonly Act[]
  /** What is done when the events of the first acts have been dealt with. */
  readonly later?: readonly Act[]
  /** The trust policy in the end. */
  expected(provider: string): object
}

/** One call that somebody makes. */
export type Act = (iam: IAMClient, RoleName: string) => Promise<unknown>
type Tags = Readonly<Record<string, string>>

const TAGGED = { 'okta-sso': 'true' }

export const STORIES: readonly RoleStory[] = [
  {
    roleName: 'data-analyst',
    title: 'tagged at creation',
    first: [create(trusting('glue'), TAGGED)],
    expected: (provider) => policyOf(trusting('glue'), oktaSso(provider)),
  },
  {
    roleName: 'support-readonly',
    title: 'tagged after creation',
    first: [create(trusting('ec2')), tag(TAGGED)],
    expected: (provider) => policyOf(trusting('ec2'), oktaSso(provider)),
  },
  {
    roleName: 'security-auditor',
    title: 'tag changed from false to TRUE, its key in other letters',
    first: [create(trusting('config'), { 'okta-sso': 'false' }), tag({ 'Okta-SSO': 'TRUE' })],
    expected: (provider) => policyOf(trusting('config'), oktaSso(provider)),
  },
  {
    roleName: 'ml-engineer',
    title: 'trust policy overwritten by somebody else later',
    first: [create(trusting('sagemaker'), TAGGED)],
    later: [overwrite(trusting('sagemaker'), trusting('states'))],
    expected: (provider) => policyOf(trusting('sagemaker'), trusting('states'), oktaSso(provider)),
  },
  {
    roleName: 'contractor-sandbox',
    title: 'untagged later: keeps the statement',
    first: [create(trusting('ec2'), TAGGED)],
    later: [untag('okta-sso')],
    expected: (provider) => policyOf(trusting('ec2'), oktaSso(provider)),
  },
  {
    roleName: 'ci-runner',
    title: 'never tagged: stays as it is',
    first: [create(trusting('codebuild'), { team: 'platform' })],
    later: [overwrite(trusting('codepipeline'))],
    expected: () => policyOf(trusting('codepipeline')),
  },
]

/** No event of this one arrives: it is what the sweep is for. */
export const MISSED: RoleStory = {
  roleName: 'billing-viewer',
  title: 'tagged, but the event got lost: the sweep finds it',
  first: [create(trusting('lambda'), TAGGED)],
  expected: (provider) => policyOf(trusting('lambda'), oktaSso(provider)),
}

function create(statement: object, tags: Tags = {}): Act {
  const AssumeRolePolicyDocument = JSON.stringify(policyOf(statement))
  // Without tags, most tools leave the list away.
  const Tags = Object.keys(tags).length > 0 ? tagsOf(tags) : undefined
  return (iam, RoleName) => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags }))
}

function tag(tags: Tags): Act {
  return (iam, RoleName) => iam.send(new TagRoleCommand({ RoleName, Tags: tagsOf(tags) }))
}

function untag(key: string): Act {
  return (iam, RoleName) => iam.send(new UntagRoleCommand({ RoleName, TagKeys: [key] }))
}

function overwrite(...statements: readonly object[]): Act {
  const PolicyDocument = JSON.stringify(policyOf(...statements))
  return (iam, RoleName) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
}

function tagsOf(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
