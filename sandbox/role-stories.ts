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
  /** The trust policy before that. */
  between?(provider: string): object
  /** The trust policy in the end. */
  expected(provider: string): object
  /** How often the system writes it, in all. */
  readonly patches: number
}

/** One call that somebody makes. */
export type Act = (iam: IAMClient, RoleName: string) => Promise<unknown>
type Tags = Readonly<Record<string, string>>

const TAGGED = { 'okta-sso': 'true' }

export const STORIES: readonly RoleStory[] = [
  {
    roleName: 'data-analyst',
    title: 'tagged at creation',
    first: [create(trusting('glue'), { team: 'data', ...TAGGED }, '/team/data/')],
    expected: (provider) => policyOf(trusting('glue'), oktaSso(provider)),
    patches: 1,
  },
  {
    roleName: 'support-readonly',
    title: 'tagged after creation',
    first: [create(trusting('ec2')), tag(TAGGED)],
    expected: (provider) => policyOf(trusting('ec2'), oktaSso(provider)),
    patches: 1,
  },
  {
    roleName: 'security-auditor',
    title: 'tag changed from false to TRUE, its key in other letters',
    first: [create(trusting('config'), { 'okta-sso': 'false' })],
    between: () => policyOf(trusting('config')),
    later: [tag({ 'Okta-SSO': 'TRUE' })],
    expected: (provider) => policyOf(trusting('config'), oktaSso(provider)),
    patches: 1,
  },
  {
    roleName: 'ml-engineer',
    title: 'trust policy overwritten by somebody else later',
    first: [create(trusting('sagemaker'), TAGGED)],
    between: (provider) => policyOf(trusting('sagemaker'), oktaSso(provider)),
    later: [overwrite(trusting('sagemaker'), trusting('states'))],
    expected: (provider) => policyOf(trusting('sagemaker'), trusting('states'), oktaSso(provider)),
    patches: 2,
  },
  {
    roleName: 'contractor-sandbox',
    title: 'untagged later: keeps the statement',
    first: [create(trusting('ec2'), TAGGED)],
    between: (provider) => policyOf(trusting('ec2'), oktaSso(provider)),
    later: [untag('okta-sso')],
    expected: (provider) => policyOf(trusting('ec2'), oktaSso(provider)),
    patches: 1,
  },
  {
    roleName: 'ci-runner',
    title: 'never tagged: stays as it is',
    first: [create(trusting('codebuild'), { team: 'platform' })],
    between: () => policyOf(trusting('codebuild')),
    later: [tag({ 'cost-centre': '42' }), overwrite(trusting('codepipeline'))],
    expected: () => policyOf(trusting('codepipeline')),
    patches: 0,
  },
]

/** No event of this one arrives: it is what the sweep is for. */
export const MISSED: RoleStory = {
  roleName: 'billing-viewer',
  title: 'tagged, but the event got lost: the sweep finds it',
  first: [create(trusting('lambda'), TAGGED)],
  expected: (provider) => policyOf(trusting('lambda'), oktaSso(provider)),
  patches: 1,
}

function create(statement: object, tags: Tags = {}, Path = '/'): Act {
  const AssumeRolePolicyDocument = JSON.stringify(policyOf(statement))
  // Without tags, most tools leave the list away.
  const Tags = Object.keys(tags).length > 0 ? tagsOf(tags) : undefined
  return (iam, RoleName) => iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument, Tags }))
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
