import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { ROLE_PATH } from '../../src/role/role.ts'
import { roleNameOf } from '../session/named-role.ts'

/** Which roles a command looks at; all of them where none is given. */
export const roleOption = new Option(
  '--role <name>',
  'look at this role only, by name or ARN; may be given several times',
)
  .argParser(collectRole)
  .conflicts('pathPrefix')

export const pathPrefixOption = new Option(
  '--path-prefix <path>',
  'look only at roles whose path starts with this',
).argParser(readPath)

function collectRole(name: string, names: readonly string[] | undefined): readonly string[] {
  if (roleNameOf(name) === undefined) throw new InvalidArgumentError('expected the name or ARN of a role.')
  return [...(names ?? []), name]
}

function readPath(path: string): string {
  if (!ROLE_PATH.test(path)) throw new InvalidArgumentError('expected a path that starts and ends with /.')
  return path
}
