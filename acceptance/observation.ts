/** What a run saw of a fact that no document of AWS confirms, or why it could not see it. */
export type Observation = { readonly seen: string } | { readonly because: string }

/** A line of docs/compatibility.md, and what came of it; the error where it could not even be tried to the end. */
export interface Observed {
  readonly line: string
  readonly observation: Observation | Error
}
