declare const iamEventRegions: {
  readonly regionsByPartition: Readonly<Record<string, string>>
  /** The regions in which the stack can live, one of each partition. */
  readonly regions: readonly string[]
  readonly reason: string
}
export = iamEventRegions
