/** A role's name, without path or ARN (IAM API reference, CreateRole). */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/

/** A path, or the beginning of one that ends with a slash (IAM API reference, CreateRole). */
export const ROLE_PATH = /^\/([!-~]*\/)?$/

/** A role as one read of IAM shows it. */
export interface RoleSnapshot {
  readonly roleName: string
  readonly arn: string
  /** Starts and ends with `/`. */
  readonly path: string
  /** Keys with the letter case in which they were set. */
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  /** The trust policy as plain JSON text; undefined where the answer held none. */
  readonly document: string | undefined
}
