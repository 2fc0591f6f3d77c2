/** An account to look at. */
export interface Account {
  readonly accountId: string
  /** As its organization or its file has it; empty where that says nothing. It may hold anything. */
  readonly name: string
}

/** One that was looked at, or why it could not be. */
export type Looked<Report> = Account &
  (
    | { readonly report: Report }
    | {
        /** One line: what happened, and what to do. */
        readonly error: string
      }
  )
