import { randomBytes } from 'node:crypto'

/** Key of the tag of all that a run makes; its value is the run's id. */
export const RUN_TAG = 'okta-role-trust-acceptance'

/** All that a run makes is called so, or so and something more. */
const NAME = /^okta-role-trust-acceptance-([0-9a-f]{8})(?![0-9a-z])/

/** What a run calls all that it makes, so that nothing of it means, or is meant by, any other stack. */
export interface Run {
  readonly id: string
  /** Of the stack and of the SAML provider, and the beginning of all other names. */
  readonly name: string
  readonly stage: string
  readonly tags: Readonly<Record<string, string>>
  /** Name of the SSM parameter. */
  readonly parameter: string
  /** The tag that puts a role in scope. */
  readonly tagKey: string
  readonly sid: string
}

export function newRun(): Run {
  return runOf(randomBytes(4).toString('hex'))
}

export function runOf(id: string): Run {
  const name = `${RUN_TAG}-${id}`
  return {
    id,
    name,
    stage: `acceptance-${id}`,
    tags: { [RUN_TAG]: id },
    parameter: `/${name}/saml-provider-arn`,
    tagKey: `okta-sso-${id}`,
    // Letters and digits, the last one a letter.
    sid: `Acceptance${id}Sso`,
  }
}

/** The id of the run that calls something so; undefined where that is no name of a run. */
export function runIdOf(name: string): string | undefined {
  return NAME.exec(name.replace(/^\//, ''))?.[1]
}
