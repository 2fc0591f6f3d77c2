import { STAGE_TAG, tagsSetting } from '../../src/config/stack-settings.ts'

/** What the tags of a function tell of its stack: CloudFormation hands those of the stack on, and adds some of its own. */
export interface StackTags {
  /** As the setting `tags` has them. */
  readonly tags: string
  /** The name of the stack where CloudFormation alone deployed it, from a release; undefined where osls did. */
  readonly releasedAs: string | undefined
}

/** @param tags of the function */
export function stackTagsOf(tags: Readonly<Record<string, string>>): StackTags {
  return {
    tags: tagsSetting(tags),
    releasedAs: tags[STAGE_TAG] === undefined ? tags['aws:cloudformation:stack-name'] : undefined,
  }
}
