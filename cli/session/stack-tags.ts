/** What the tags of a function tell of its stack: CloudFormation hands those of the stack on, and adds some of its own. */
export interface StackTags {
  /** As the setting `tags` has them. */
  readonly tags: string
  /** The name of the stack where CloudFormation alone deployed it, from a release; undefined where osls did. */
  readonly releasedAs: string | undefined
}

/** osls gives this tag to each stack that it deploys. */
const OF_OSLS = 'STAGE'

/** @param tags of the function */
export function stackTagsOf(tags: Readonly<Record<string, string>>): StackTags {
  return {
    tags: Object.entries(tags)
      .filter(([key]) => key !== OF_OSLS && !key.startsWith('aws:'))
      .map(([key, value]) => `${key}=${value}`)
      .toSorted()
      .join(','),
    releasedAs: tags[OF_OSLS] === undefined ? tags['aws:cloudformation:stack-name'] : undefined,
  }
}
