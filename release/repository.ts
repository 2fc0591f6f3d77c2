import * as z from 'zod/mini'

const Manifest = z.looseObject({ repository: z.optional(z.union([z.string(), z.looseObject({ url: z.string() })])) })

/**
 * Ends with an error unless package.json names the repository that releases: npm accepts a provenance for no other
 * (docs.npmjs.com, "Generating provenance statements"). Nothing else needs the address, so it stands there alone.
 *
 * @param manifest what package.json holds
 * @param address of the repository, such as `https://github.com/OWNER/NAME`
 */
export function checkRepository(manifest: unknown, address: string): void {
  const { repository } = z.parse(Manifest, manifest)
  const named = typeof repository === 'string' ? repository : repository?.url
  const url = `git+${address}.git`
  if (named === url) return
  throw new Error(
    `package.json names ${named === undefined ? 'no repository' : `the repository ${named}`}, and npm accepts the provenance of ${address} only where it names that: run \`npm pkg set repository=${url}\`, commit, and tag that`,
  )
}
