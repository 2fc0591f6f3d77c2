/** A role's name, without path or ARN (IAM API reference, CreateRole). */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/

/**
 * What tells roles apart: the names of two roles never differ by letter case alone (IAM API reference, CreateRole), and
 * IAM answers to any spelling with the role's own.
 */
export function roleKey(roleName: string): string {
  return roleName.toLowerCase()
}

/** How many roles are worked on at a time: enough to hide latency, few enough that IAM does not throttle for it. */
export const ROLES_AT_A_TIME = 5

/** The names, each role only once. */
export function distinctRoles(roleNames: readonly string[]): readonly string[] {
  return [...new Map(roleNames.map((name) => [roleKey(name), name])).values()]
}

/** A path, or the beginning of one that ends with a slash (IAM API reference, CreateRole). */
export const ROLE_PATH = /^\/([!-~]*\/)?$/

/** A role as one read of IAM shows it. */
export interface RoleSnapshot {
  readonly roleName: string
  /** null where IAM shows its unique id in the place of the ARN, as just after its creation. */
  readonly arn: string | null
  /** Starts and ends with `/`. */
  readonly path: string
  /** Keys with the letter case in which they were set. */
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  /** The trust policy as plain JSON text, as far as it is JSON. */
  readonly document: string
}
