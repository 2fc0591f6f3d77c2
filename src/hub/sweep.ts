import * as z from 'zod/mini'
import { DECEIVING } from '../input.ts'

// What the hub keeps of a heartbeat (docs/events.md): what tells how an account is, and no more of it than a page can show.

/** Of its worst roles that a heartbeat names. */
const MOST_ROLES = 10

/** More than any account has. */
const MOST = 1_000_000

const count = z.int('a number of roles').check(z.gte(0, 'a number of roles'), z.lte(MOST, 'a number of roles'))

/**
 * Text for people, of at most so many characters. What a terminal or a page would act on instead of showing it becomes a
 * space.
 */
const words = (longest: number) =>
  z.pipe(
    z.string('a text').check(z.maxLength(10_000, 'a shorter text')),
    z.transform((text: string) => {
      const plain = text.replace(DECEIVING, ' ')
      return plain.length > longest ? `${plain.slice(0, longest - 1).replace(/\p{Cs}$/u, '')}…` : plain
    }),
  )

const Role = z.object({
  roleName: words(64),
  outcome: words(32),
  reason: z.optional(words(64)),
  detail: z.optional(words(300)),
})

const common = {
  productVersion: z.string('a version').check(z.regex(/^[\w.+-]{1,32}$/, 'a version')),
  mode: z.enum(['enforce', 'report'], '"enforce" or "report"'),
}

export const FinishedSweep = z.object({
  kind: z.literal('finished'),
  ...common,
  scanned: count,
  inScope: count,
  counts: z.object({ failed: count, blocked: count, deferred: count }, 'the numbers of roles'),
  due: count,
  heldBack: count,
  orphaned: count,
  /** Null where the account does not know. */
  deadLetters: z.nullable(count),
  /** The worst of them, the worst first. */
  roles: z.pipe(
    z.array(Role, 'a list of roles').check(z.maxLength(100, 'at most 100 roles')),
    z.transform((roles) => roles.slice(0, MOST_ROLES)),
  ),
})

export const FailedSweep = z.object({
  kind: z.literal('failed'),
  ...common,
  /** Why, in words. */
  detail: words(300),
})

/** How a sweep ended, as the account claims. */
export type Sweep = z.output<typeof FinishedSweep> | z.output<typeof FailedSweep>

const KeptSweep = z.discriminatedUnion('kind', [FinishedSweep, FailedSweep])

/** What {@link keptText} wrote; undefined where another version of the hub wrote something else. */
export function readKept(text: string): Sweep | undefined {
  try {
    return z.safeParse(KeptSweep, JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export function keptText(sweep: Sweep): string {
  return JSON.stringify(sweep)
}
