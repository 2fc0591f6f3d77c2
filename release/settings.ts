import { ALL_PARAMETERS, type StackParameter } from '../cli/stack-settings.ts'
import { RETENTION_DAYS, SCHEDULE_PATTERN } from '../src/config/stack-settings.ts'

/** How a setting of serverless.yml becomes a Parameter of the released template. */
export type ReleasedSetting = {
  readonly limits: Limits
  /** A value with which more of the template differs than values, and the Condition that holds with all others. */
  readonly alternative?: { readonly value: string; readonly condition: string }
  /** Where the Parameter must be given: its own meaning. */
  readonly required?: { readonly meaning: string }
} & (
  | {
      /** The template is packaged with it, and it stands nowhere else: each place of it is one of the setting. */
      readonly marker: string
    }
  | {
      /** The template is packaged with it; only a variable of the functions shows that. */
      readonly usual: string
    }
)

/** What CloudFormation takes: nothing that src/config/read-config.ts refuses, and where it says so, less. */
export type Limits =
  | { readonly AllowedValues: readonly string[] }
  | { readonly AllowedPattern: string; readonly ConstraintDescription: string }

const FLAG: ReleasedSetting = { usual: 'false', limits: { AllowedValues: ['true', 'false'] } }

/** Letters beyond ASCII are left out: CloudFormation says of no pattern how it knows them. */
const TAG_TEXT = 'A-Za-z0-9 _.:/=+@-'
/** Printable ASCII without the comma between URLs, and without * ? $ (rule 3.2). */
const URL = 'https://[!-#%-)+./0-9:;<=>@-~-]+'
/** Printable ASCII without the comma between globs. */
const GLOB_CHARACTER = '[!-+./0-~-]'
const NAME_CHARACTER = '[A-Za-z0-9_+=.@-]'
const NAME_CHARACTER_OR_COMMA = '[A-Za-z0-9_+=,.@-]'
/** What src/config/exclusion.ts takes: begins with / * or ?, ends with a name, has no // and is not ? alone. */
const GLOB = `(?=[/*?])(?!\\?(?: *,| *$))(?=[^ ,]{1,576}(?: *,| *$))(?:(?!//)${GLOB_CHARACTER})*(?:[*?]${NAME_CHARACTER}{0,64}|/${NAME_CHARACTER}{1,64})`
const listOf = (item: string) => `^(?: *${item} *(?:, *${item} *)*)?$`

/** Of a bucket's name. */
const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'

/** By the names of serverless.yml. */
const SETTINGS: Readonly<Record<string, ReleasedSetting>> = {
  parameterName: {
    marker: '/marked/parameter-name',
    limits: {
      AllowedPattern: '^(?!/(?:[aA][wW][sS]|[sS][sS][mM])(?:/|$))(?:/[A-Za-z0-9_.-]+){1,15}$',
      ConstraintDescription: 'the name of an SSM parameter that begins with a slash, and not with /aws or /ssm',
    },
  },
  tagKey: {
    marker: 'MarkedTagKey',
    limits: {
      AllowedPattern: `^(?![aA][wW][sS]:)[${TAG_TEXT}]{1,128}$`,
      ConstraintDescription: '1 to 128 of A-Z, a-z, 0-9, spaces and _ . : / = + - @, not beginning with aws:',
    },
  },
  tagValue: {
    marker: 'MarkedTagValue',
    limits: {
      AllowedPattern: `^[${TAG_TEXT}]{1,256}$`,
      ConstraintDescription: '1 to 256 of A-Z, a-z, 0-9, spaces and _ . : / = + - @',
    },
  },
  audiences: {
    marker: 'https://audience.marked.example/saml',
    limits: {
      AllowedPattern: listOf(URL),
      ConstraintDescription:
        'https URLs of printable ASCII characters without * ? and $, separated by commas, or empty',
    },
  },
  sessionTags: FLAG,
  sourceIdentity: FLAG,
  sessionDuration: {
    marker: '43199',
    limits: {
      AllowedPattern: '^(?:9[0-9]{2}|[1-9][0-9]{3}|[1-3][0-9]{4}|4[0-2][0-9]{3}|43[01][0-9]{2}|43200)?$',
      ConstraintDescription: 'a whole number of seconds from 900 to 43200, or empty',
    },
  },
  exclusions: {
    marker: '/marked-exclusion/*',
    limits: {
      AllowedPattern: listOf(GLOB),
      ConstraintDescription:
        'globs over path and name that can match a role, such as /break-glass/*, separated by commas, or empty',
    },
  },
  schedule: {
    marker: 'rate(997 minutes)',
    limits: {
      AllowedPattern: SCHEDULE_PATTERN,
      ConstraintDescription: 'a rate(...) of at most a day, or a cron(...) that runs every day',
    },
  },
  maxChanges: {
    marker: '4871',
    // A Number would take 1.5 too.
    limits: {
      AllowedPattern: '^(?:[0-9]|[1-9][0-9]{1,2}|[1-4][0-9]{3}|5000)$',
      ConstraintDescription: 'a whole number from 0 to 5000',
    },
  },
  onUntag: {
    usual: 'keep',
    limits: { AllowedValues: ['keep', 'revoke'] },
    alternative: { value: 'revoke', condition: 'KeepsOnUntag' },
  },
  sid: {
    marker: 'MarkedSid',
    limits: {
      AllowedPattern: '^(?=.{1,32}$)[A-Za-z0-9]*[A-Za-z]$',
      ConstraintDescription: 'at most 32 letters and digits, the last one a letter',
    },
  },
  mode: {
    usual: 'enforce',
    limits: { AllowedValues: ['enforce', 'report'] },
    alternative: { value: 'report', condition: 'MayWrite' },
  },
  logLevel: { usual: 'INFO', limits: { AllowedValues: ['DEBUG', 'INFO'] } },
  permissionsBoundary: {
    marker: 'arn:aws:iam::111122223333:policy/marked-boundary',
    limits: {
      AllowedPattern: '^(?:arn:aws[a-z-]*:iam::(?:[0-9]{12}|aws):policy/(?:[!-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,128})?$',
      ConstraintDescription: 'the ARN of a managed policy, or empty',
    },
    alternative: { value: '', condition: 'HasPermissionsBoundary' },
  },
  logRetentionDays: { marker: '3653', limits: { AllowedValues: RETENTION_DAYS } },
  deploymentBucket: {
    marker: 'marked-bucket',
    required: { meaning: 'Name of the S3 bucket that holds the zips of this release' },
    limits: {
      AllowedPattern: `^(?=.{3,63}$)(?![0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|[.]mrap|--x-s3|--table-s3)$)${LABEL}(?:[.]${LABEL})*$`,
      ConstraintDescription: 'the name of a bucket in the region of the stack',
    },
  },
  accountTelemetry: {
    usual: 'true',
    limits: { AllowedValues: ['true', 'false'] },
    alternative: { value: 'false', condition: 'HasTelemetry' },
  },
  hubBusArn: {
    marker: 'arn:aws:events:us-east-1:111122223333:event-bus/marked-hub',
    limits: {
      AllowedPattern:
        '^(?:arn:aws[a-z-]*:events:[a-z]{2}[a-z-]*-[0-9]:[0-9]{12}:event-bus/(?!default$)(?!aws[.])[A-Za-z0-9_.-]{1,256})?$',
      ConstraintDescription: "the ARN of the hub's event bus, which is no default bus, or empty",
    },
    alternative: { value: '', condition: 'HasHub' },
  },
  readerPrincipal: {
    marker: 'arn:aws:iam::111122223333:role/marked-reader',
    limits: {
      AllowedPattern: `^(?:arn:aws[a-z-]*:iam::[0-9]{12}:(?:root|(?:role|user)/(?:${NAME_CHARACTER_OR_COMMA}{1,510}/)*${NAME_CHARACTER_OR_COMMA}{1,64}))?$`,
      ConstraintDescription: "the ARN of a role, a user or an account's root, without * and ?, or empty",
    },
    alternative: { value: '', condition: 'HasReader' },
  },
}

/** CloudFormation takes the tags of a stack beside its template. */
const NO_PARAMETERS = ['tags']

/** A setting with what serverless.yml says about it. */
export interface NamedSetting {
  /** In serverless.yml. */
  readonly name: string
  /** In the template. */
  readonly parameter: string
  /** The Parameter as the template declares it. */
  readonly declaration: { readonly Type: 'String'; readonly Default?: string; readonly Description: string } & Limits
  readonly variable: string
  readonly packagedWith: string
  readonly isMarker: boolean
  readonly alternative: { readonly value: string; readonly condition: string } | undefined
}

/**
 * The settings of serverless.yml as the released template has them.
 *
 * @throws Error that names a setting which serverless.yml has and the table above lacks, or the other way round
 */
export function releasedSettings(all: readonly StackParameter[] = ALL_PARAMETERS): readonly NamedSetting[] {
  const gone = Object.keys(SETTINGS).find((name) => all.every((parameter) => parameter.name !== name))
  if (gone !== undefined) throw new Error(`serverless.yml has no setting ${gone}: remove it from release/settings.ts`)
  const parameters = all.filter(({ name }) => !NO_PARAMETERS.includes(name))
  return parameters.map(({ name, parameter, variable, meaning, defaultValue }) => {
    const setting = SETTINGS[name]
    if (setting === undefined) throw new Error(`serverless.yml has the setting ${name}: add it to release/settings.ts`)
    const { limits, required, alternative } = setting
    return {
      name,
      parameter,
      declaration: {
        Type: 'String',
        ...(required === undefined && { Default: defaultValue }),
        Description: required?.meaning ?? meaning,
        ...limits,
      },
      variable,
      packagedWith: 'marker' in setting ? setting.marker : setting.usual,
      isMarker: 'marker' in setting,
      alternative,
    }
  })
}
