/** What a file does not tell, and why; begins with the place where that is known. */
export class Untold {
  constructor(readonly reason: string) {}
}

export type Told<Value> = Value | Untold

/** A role as a file says that it will be. What somebody does to it beside the file is not in there. */
export interface DeclaredRole {
  /** Its address in Terraform, its logical id in a template, or the file that holds nothing but its trust policy. */
  readonly name: string
  /** Of the file, counted from 1; undefined where a machine wrote the file. */
  readonly line: number | undefined
  /** That its ARN names; undefined where the role has none yet. */
  readonly account: string | undefined
  /** What decides whether it is protected; undefined where the file holds nothing but a trust policy. */
  readonly identity: DeclaredIdentity | undefined
  /** undefined in the same case: the role is taken to carry the tag. */
  readonly tags: DeclaredTags | undefined
  /** The trust policy as JSON text; several where it names a region that is not told: the decision must be the same for all. */
  readonly documents: Told<readonly string[]>
}

export interface DeclaredIdentity {
  readonly path: Told<string>
  /** Its name, or what that begins with where IAM or a tool chooses the rest. */
  readonly nameStart: string
  readonly isWholeName: boolean
}

export interface DeclaredTags {
  readonly told: readonly { readonly key: Told<string>; readonly value: Told<string> }[]
  /** Why there may be more. They have other keys. */
  readonly rest: Untold | undefined
}

/** What a file says of roles. */
export interface Declarations {
  /** In which to write a statement into that file. */
  readonly language: 'hcl' | 'json' | 'yaml'
  readonly roles: readonly DeclaredRole[]
  /** What is taken for granted, or was not looked at: sentences without the full stop. */
  readonly remarks: readonly string[]
}

/** Where the roles will be: what a template asks its stack for. */
export interface Whereabouts {
  /** undefined: the wanted providers are of several accounts. */
  readonly account: string | undefined
  readonly partition: string
  /** Regions that a trust policy may name and that can make a difference; one of them is none. */
  readonly regions: readonly string[]
}
