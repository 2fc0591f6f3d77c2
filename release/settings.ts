import { ALL_PARAMETERS } from '../cli/stack-parameters.ts'

/** How a setting of serverless.yml becomes a Parameter of the released template. */
export interface ReleasedSetting {
  /**
   * The value that the template is packaged with. Of a setting that is free text it stands nowhere else in the template,
   * so that it marks the places of the setting.
   */
  readonly packagedWith: string
  readonly limits: Limits
  /** Another value with which more of the template differs than the value, and the name of the Condition for it. */
  readonly alternative?: { readonly value: string; readonly condition: string }
}

/** What CloudFormation takes: nothing that src/config/read-config.ts refuses, and where it says so, less. */
export type Limits =
  | { readonly AllowedValues: readonly string[] }
  | { readonly AllowedPattern: string; readonly ConstraintDescription: string }

const FLAG: ReleasedSetting = { packagedWith: 'false', limits: { AllowedValues: ['true', 'false'] } }

/** Letters beyond ASCII are left out: CloudFormation says of no pattern how it knows them. */
const TAG_TEXT = 'A-Za-z0-9 _.:/=+@-'
/** Printable ASCII without the comma between URLs, and without * ? $ (rule 3.2). */
const URL = 'https://[!-#%-)+./0-9:;<=>@-~-]+'
/** Printable ASCII without the comma between globs. */
const GLOB_CHARACTER = '[!-+./0-~-]'
const NAME_CHARACTER = '[A-Za-z0-9_+=.@-]'
/** What src/config/exclusion.ts takes: begins with / * or ?, ends with a name, has no // and is not ? alone. */
const GLOB = `(?=[/*?])(?!\\?(?: *,| *$))(?=[^ ,]{1,576}(?: *,| *$))(?:(?!//)${GLOB_CHARACTER})*(?:[*?]${NAME_CHARACTER}{0,64}|/${NAME_CHARACTER}{1,64})`
const listOf = (item: string) => `^(?: *${item} *(?:, *${item} *)*)?$`

/** Up to a day, one of a unit in the singular and several in the plural (EventBridge User Guide, "Rate expressions"). */
const RATE =
  'rate\\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9][0-9]{1,2}|1[0-3][0-9]{2}|14[0-3][0-9]|1440) minutes|(?:[2-9]|1[0-9]|2[0-4]) hours)\\)'
const DAILY_CRON = 'cron\\([0-9*,/-]+ [0-9*,/-]+ (?:\\* \\* \\?|\\? \\* \\*) \\*\\)'

/** By the names of serverless.yml. */
const SETTINGS: Readonly<Record<string, ReleasedSetting>> = {
  parameterName: {
    packagedWith: '/marked/parameter-name',
    limits: {
      AllowedPattern: '^(?!/(?:[aA][wW][sS]|[sS][sS][mM])(?:/|$))(?:/[A-Za-z0-9_.-]+){1,15}$',
      ConstraintDescription: 'the name of an SSM parameter that begins with a slash, and not with /aws or /ssm',
    },
  },
  tagKey: {
    packagedWith: 'MarkedTagKey',
    limits: {
      AllowedPattern: `^(?![aA][wW][sS]:)[${TAG_TEXT}]{1,128}$`,
      ConstraintDescription: '1 to 128 of A-Z, a-z, 0-9, spaces and _ . : / = + - @, not beginning with aws:',
    },
  },
  tagValue: {
    packagedWith: 'MarkedTagValue',
    limits: {
      AllowedPattern: `^[${TAG_TEXT}]{1,256}$`,
      ConstraintDescription: '1 to 256 of A-Z, a-z, 0-9, spaces and _ . : / = + - @',
    },
  },
  audiences: {
    packagedWith: 'https://audience.marked.example/saml',
    limits: {
      AllowedPattern: listOf(URL),
      ConstraintDescription:
        'https URLs of printable ASCII characters without * ? and $, separated by commas, or empty',
    },
  },
  sessionTags: FLAG,
  sourceIdentity: FLAG,
  exclusions: {
    packagedWith: '/marked-exclusion/*',
    limits: {
      AllowedPattern: listOf(GLOB),
      ConstraintDescription:
        'globs over path and name that can match a role, such as /break-glass/*, separated by commas, or empty',
    },
  },
  schedule: {
    packagedWith: 'rate(997 minutes)',
    limits: {
      AllowedPattern: `^(?:${RATE}|${DAILY_CRON})$`,
      ConstraintDescription: 'a rate(...) of at most a day, or a cron(...) that runs every day',
    },
  },
  maxChanges: {
    packagedWith: '4871',
    // A Number would take 1.5 too.
    limits: {
      AllowedPattern: '^(?:[0-9]|[1-9][0-9]{1,2}|[1-4][0-9]{3}|5000)$',
      ConstraintDescription: 'a whole number from 0 to 5000',
    },
  },
  onUntag: {
    packagedWith: 'keep',
    limits: { AllowedValues: ['keep', 'revoke'] },
    alternative: { value: 'revoke', condition: 'RevokesOnUntag' },
  },
  logLevel: { packagedWith: 'INFO', limits: { AllowedValues: ['DEBUG', 'INFO'] } },
}

export interface NamedSetting extends ReleasedSetting {
  /** In serverless.yml. */
  readonly name: string
  /** In the template. */
  readonly parameter: string
  readonly variable: string
  readonly meaning: string
  readonly defaultValue: string
}

/**
 * The settings of serverless.yml as the released template has them.
 *
 * @throws Error that names a setting which serverless.yml has and the table above lacks, or the other way round
 */
export function releasedSettings(): readonly NamedSetting[] {
  const gone = Object.keys(SETTINGS).find((name) => ALL_PARAMETERS.every((parameter) => parameter.name !== name))
  if (gone !== undefined) throw new Error(`serverless.yml has no parameter ${gone}: remove it from release/settings.ts`)
  return ALL_PARAMETERS.map(({ name, variable, meaning, defaultValue }) => {
    const setting = SETTINGS[name]
    if (setting === undefined)
      throw new Error(`serverless.yml has the parameter ${name}: add it to release/settings.ts`)
    const parameter = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    return { ...setting, name, parameter, variable, meaning, defaultValue }
  })
}
