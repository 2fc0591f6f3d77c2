import { X509Certificate } from 'node:crypto'
import { load } from 'cheerio/slim'
import { InvalidInputError } from '../../src/errors.ts'
import { readText } from '../read-text.ts'

/** What Okta tells an AWS account about itself, as AWS IAM takes it. */
export interface SamlMetadata {
  readonly xml: string
  /** Of the identity provider. */
  readonly entityId: string
  /** Worth a word before it goes to every account. */
  readonly warnings: readonly string[]
}

/** Shortest and longest document: IAM's least (CreateSAMLProvider), and what leaves room in an inline template of 51,200 bytes. */
const [SHORTEST, LONGEST] = [1_000, 45_000]

const SAML_METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'

/** A certificate that ends soon is worth changing first. */
const SOON = 30 * 24 * 60 * 60 * 1000

const EXPECTED =
  "expected the metadata of Okta's identity provider as XML (in Okta: Sign On, View SAML setup instructions, or the Metadata URL of the app)"

/**
 * Reads a file of SAML metadata: IAM would refuse a wrong one in each account by itself.
 *
 * @throws InvalidInputError in one line
 */
export async function readSamlMetadata(file: string, now: Date): Promise<SamlMetadata> {
  return checkSamlMetadata(await readText(file), file, now)
}

export function checkSamlMetadata(text: string, label: string, now: Date): SamlMetadata {
  const refuse = (found: string, expected = EXPECTED) => new InvalidInputError(`${label}: found ${found}, ${expected}`)
  const xml = text.trim()
  if (xml === '') throw refuse('nothing')
  if (/PRIVATE KEY/.test(xml)) {
    throw refuse('a private key', `${EXPECTED}; keep the key away from AWS, and replace it if it was shared`)
  }
  if (/^(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html)\b/i.test(xml)) {
    throw refuse('a page of HTML, such as one to sign in on')
  }
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw refuse('a document type or entities')
  const bytes = Buffer.byteLength(JSON.stringify(xml))
  if (bytes > LONGEST) {
    throw refuse(`${bytes} bytes`, `expected at most ${LONGEST}: leave certificates out that Okta no longer signs with`)
  }
  const $ = load(xml, { xml: { xmlMode: true } })
  const root = $.root().children().first()
  const name = root.get(0)?.tagName ?? ''
  const [prefix, local] = name.includes(':') ? name.split(':') : ['', name]
  const namespace = root.attr(prefix === '' ? 'xmlns' : `xmlns:${prefix}`)
  if (local !== 'EntityDescriptor' || namespace !== SAML_METADATA) {
    throw refuse(name === '' ? 'text that is no XML' : `the root element ${name}`)
  }
  if ($.root().children().length > 1) throw refuse('more than one root element')
  const end = xml.slice(xml.lastIndexOf(`</${name}`))
  if (!/^<\/[\w:.-]+\s*>(?:\s|<!--(?:(?!-->)[\s\S])*-->)*$/.test(end))
    throw refuse(`no end of ${name}: the file is cut off`)
  const entityId = root.attr('entityID') ?? ''
  if (entityId === '') throw refuse('no entityID')
  const children = (parent: ReturnType<typeof $>, wanted: string) =>
    parent.find('*').filter((_, element) => element.tagName.replace(/^.*:/, '') === wanted)
  const provider = children(root, 'IDPSSODescriptor')
  if (provider.length === 0) throw refuse('no IDPSSODescriptor: it is of no identity provider')
  const validUntil = root.attr('validUntil') ?? provider.attr('validUntil')
  if (validUntil !== undefined && !(Date.parse(validUntil) > now.getTime())) {
    throw refuse(`metadata that was valid until ${validUntil}`, 'expected newer metadata from Okta')
  }
  const certificates = children(provider, 'X509Certificate')
    .map((_, element) => $(element).text().replace(/\s/g, ''))
    .get()
  if (certificates.length === 0) throw refuse('no certificate')
  const ends = certificates.map((certificate) => endOf(certificate)).toSorted((one, other) => one - other)
  if (ends.some(Number.isNaN)) throw refuse('a certificate that cannot be read')
  const latest = ends.at(-1) ?? 0
  if (latest <= now.getTime()) {
    const day = new Date(latest).toISOString().slice(0, 10)
    throw refuse(`a certificate that expired on ${day}`, 'expected metadata with a certificate that is valid')
  }
  if (xml.length < SHORTEST) throw refuse(`${xml.length} characters`, `expected at least ${SHORTEST}, as IAM does`)
  const warnings =
    latest - now.getTime() < SOON
      ? [`the certificate in ${label} expires on ${new Date(latest).toISOString().slice(0, 10)}`]
      : []
  return { xml, entityId, warnings }
}

/** When a certificate ends, in milliseconds; NaN where it is none. */
function endOf(certificate: string): number {
  try {
    return Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo)
  } catch {
    return Number.NaN
  }
}
