import * as z from 'zod/mini'

const Report = z.looseObject({
  dryRun: z.boolean(),
  counts: z.record(z.string(), z.number()),
  roles: z.array(z.looseObject({ roleName: z.string(), kind: z.string() })),
  orphaned: z.array(z.string()),
})

/** Reads what a sweep or a backfill answered. */
export function readReport(answer: unknown): z.infer<typeof Report> {
  return Report.parse(answer)
}
