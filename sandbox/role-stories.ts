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
  /** The trust policy before that; undefined where it is that of the end. */
  readonly between?: object
  /** The trust policy in the end. */
  readonly expected: object
  /** How often the system writes it, in all. */
  readonly patches: number
}

/** One call that somebody makes. */
export type Act = (iam: IAMClient, RoleName: string) => Promise<unknown>
type Tags = Readonly<Record<string, string>>

/** What the stories take from the stack that they are about, and how their roles are marked. */
export interface Cast {
  /** The ARN of the SAML provider that the parameter names. */
  readonly provider: string
  readonly tagKey: string
  readonly sid: string
  /** Where AWS takes assertions in its partition; undefined: that of the partition aws. */
  readonly audience?: string
  /** Before the name of each role. */
  readonly rolePrefix: string
  /** Of each role, beside those of its story. */
  readonly tags: Tags
}

/** Of a stack with the default settings. */
export function castOf(provider: string): Cast {
  return { provider, tagKey: 'okta-sso', sid: 'OktaSso', rolePrefix: '', tags: {} }
}

export function storiesOf(cast: Cast): readonly RoleStory[] {
  const create = creating(cast)
  const tagged = { [cast.tagKey]: 'true' }
  const okta = oktaSso(cast.provider, cast)
  const stories: readonly RoleStory[] = [
    {
      roleName: 'data-analyst',
      title: 'tagged at creation',
      first: [create(trusting('glue'), { team: 'data', ...tagged }, '/team/data/')],
      expected: policyOf(trusting('glue'), okta),
      patches: 1,
    },
    {
      roleName: 'support-readonly',
      title: 'tagged after creation',
      first: [create(trusting('ec2')), tag(tagged)],
      expected: policyOf(trusting('ec2'), okta),
      patches: 1,
    },
    {
      roleName: 'security-auditor',
      title: 'tag changed from false to TRUE, its key in other letters',
      first: [create(trusting('config'), { [cast.tagKey]: 'false' })],
      between: policyOf(trusting('config')),
      later: [tag({ [otherLetters(cast.tagKey)]: 'TRUE' })],
      expected: policyOf(trusting('config'), okta),
      patches: 1,
    },
    {
      roleName: 'ml-engineer',
      title: 'trust policy overwritten by somebody else later',
      first: [create(trusting('sagemaker'), tagged)],
      between: policyOf(trusting('sagemaker'), okta),
      later: [overwrite(trusting('sagemaker'), trusting('states'))],
      expected: policyOf(trusting('sagemaker'), trusting('states'), okta),
      patches: 2,
    },
    {
      roleName: 'contractor-sandbox',
      title: 'untagged later: keeps the statement',
      first: [create(trusting('ec2'), tagged)],
      later: [untag(cast.tagKey)],
      expected: policyOf(trusting('ec2'), okta),
      patches: 1,
    },
    {
      roleName: 'ci-runner',
      title: 'never tagged: stays as it is',
      first: [create(trusting('codebuild'), { team: 'platform' })],
      between: policyOf(trusting('codebuild')),
      later: [tag({ 'cost-centre': '42' }), overwrite(trusting('codepipeline'))],
      expected: policyOf(trusting('codepipeline')),
      patches: 0,
    },
  ]
  return stories.map((story) => ({ ...story, roleName: `${cast.rolePrefix}${story.roleName}` }))
}

/** No event of this one arrives: it is what the sweep is for. */
export function missedStory(cast: Cast): RoleStory {
  return {
    roleName: `${cast.rolePrefix}billing-viewer`,
    title: 'tagged, but the event got lost: the sweep finds it',
    first: [creating(cast)(trusting('lambda'), { [cast.tagKey]: 'true' })],
    expected: policyOf(trusting('lambda'), oktaSso(cast.provider, cast)),
    patches: 1,
  }
}

/** As in `Okta-SSO`: IAM takes it for the same key. */
function otherLetters(key: string): string {
  return key.replace(/^okta-sso/, 'Okta-SSO')
}

function creating(cast: Cast) {
  return (statement: object, tags: Tags = {}, Path = '/'): Act => {
    const AssumeRolePolicyDocument = JSON.stringify(policyOf(statement))
    const all = { ...cast.tags, ...tags }
    // Without tags, most tools leave the list away.
    const Tags = Object.keys(all).length > 0 ? tagsOf(all) : undefined
    return (iam, RoleName) => iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument, Tags }))
  }
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
