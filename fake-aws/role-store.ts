export interface StoredRole {
  readonly name: string
  readonly path: string
  readonly arn: string
  /** The unique id (`AROA…`): a role made again under the same name gets another one. */
  readonly id: string
  readonly tags: Readonly<Record<string, string>>
  /** The trust policy's text; undefined where there is none. */
  readonly document: string | undefined
  /** In seconds; by default 3,600, as in IAM. */
  readonly maxSessionDuration?: number | undefined
}

/** Names are case-insensitive and case-preserving. */
const keyOf = (name: string) => name.toLowerCase()

/** Roles by name, each with its state before the latest change: IAM's reads lag behind its writes. */
export class RoleStore {
  readonly #now = new Map<string, StoredRole>()
  readonly #before = new Map<string, StoredRole | undefined>()
  #staleReads = new Map<string, number>()
  #staleReadsOfOthers = 0

  /** The truth. */
  get(name: string): StoredRole | undefined {
    return this.#now.get(keyOf(name))
  }

  get count(): number {
    return this.#now.size
  }

  /** Those from one place to before another, in the order in which they were put. */
  list(start?: number, end?: number): readonly StoredRole[] {
    return [...this.#now.values()].slice(start, end)
  }

  put(role: StoredRole): void {
    this.#before.set(keyOf(role.name), this.get(role.name))
    this.#now.set(keyOf(role.name), role)
  }

  remove(name: string): void {
    this.#before.set(keyOf(name), this.get(name))
    this.#now.delete(keyOf(name))
  }

  lagReads(reads: number, name?: string): void {
    if (name === undefined) {
      this.#staleReads = new Map()
      this.#staleReadsOfOthers = reads
    } else {
      this.#staleReads.set(keyOf(name), reads)
    }
  }

  /** What a caller sees: the truth, or for a while what was true before the latest change. */
  read(name: string): StoredRole | undefined {
    const staleReads = this.#staleReads.get(keyOf(name)) ?? this.#staleReadsOfOthers
    if (staleReads <= 0) return this.get(name)
    this.#staleReads.set(keyOf(name), staleReads - 1)
    return this.#before.get(keyOf(name))
  }
}

/** Tag keys are case-insensitive and case-preserving: a key in other letters takes the place of the one that is there. */
export function withTags(tags: StoredRole['tags'], added: StoredRole['tags']): StoredRole['tags'] {
  return { ...withoutTags(tags, Object.keys(added)), ...added }
}

export function withoutTags(tags: StoredRole['tags'], keys: readonly string[]): StoredRole['tags'] {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())))
}
