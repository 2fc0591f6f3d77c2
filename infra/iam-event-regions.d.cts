declare const iamEventRegions: {
  /** The regions in which the stack can live, one of each partition. */
  readonly regions: readonly string[]
  readonly reason: string
}
export = iamEventRegions
