import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { UNIT_ID } from '../accounts/accounts-options.ts'

/** An option that names organizational units, or the root, and may be given several times. */
export function unitOption<const Flags extends string>(flags: Flags, meaning: string) {
  return new Option(flags, meaning).argParser((text: string, given: readonly string[] = []) => {
    if (UNIT_ID.test(text)) return [...given, text]
    throw new InvalidArgumentError(
      'Expected the id of an organizational unit, such as ou-a1b2-c3d4e5f6, or of the root.',
    )
  })
}

/** The settings that a change may weaken (rule 7.6). */
export const allowOption = new Option(
  '--allow <settings>',
  'settings that may weaken a protection this time, separated by commas',
).argParser((text: string, given: readonly string[] = []) => [
  ...given,
  ...text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
])
