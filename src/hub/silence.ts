/** Sweeps run at least once a day; two hours are for the sweep and the way here. As for the alarm `no-sweep`; in milliseconds. */
export const SILENT_AFTER = 26 * 60 * 60_000

/** An account that was silent for a week more is taken to have left. In milliseconds. */
export const GONE_AFTER = SILENT_AFTER + 7 * 24 * 60 * 60_000
