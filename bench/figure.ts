/** One line of the result: a quantity, the same quantity of something bare in the same run, and how they compare. */
export interface Figure {
  readonly part: string
  readonly what: string
  readonly against: string
  readonly unit: string
  readonly measured: number
  readonly baseline: number
  /** How many times the baseline; the median over the rounds, each compared with itself. */
  readonly ratio: number
  /** The ratio, or the measured quantity, that should not be passed. Nothing fails if it is: machines differ. */
  readonly aim?: { readonly of: 'ratio' | 'measured'; readonly most: number }
}

/** What one round gave: both were measured one right after the other, so that a busy machine hits both. */
export interface Round {
  readonly measured: number
  readonly baseline: number
}

export function compare(rounds: readonly Round[]): Pick<Figure, 'measured' | 'baseline' | 'ratio'> {
  return {
    measured: median(rounds.map(({ measured }) => measured)),
    baseline: median(rounds.map(({ baseline }) => baseline)),
    ratio: median(rounds.map(({ measured, baseline }) => measured / baseline)),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no round was measured')
  return middle
}

/** The figures as a table for a terminal. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ part, what, against, unit, measured, baseline, ratio, aim }) => [
    part,
    what,
    `${rounded(measured)} ${unit}`,
    `${rounded(baseline)} ${unit}`,
    ratio.toFixed(2),
    aim === undefined ? '' : `${aim.most}${aim.of === 'ratio' ? '' : ` ${unit}`}`,
    against,
  ])
  const lines = [['part', 'what', 'measured', 'baseline', 'ratio', 'aim: at most', 'baseline is'], ...rows]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function rounded(value: number): string {
  return value.toLocaleString('en', value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 })
}
