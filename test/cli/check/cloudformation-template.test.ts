import { describe, expect, test } from 'vitest'
import { AUDIENCE, ec2, managed, OKTA, policy } from '../../functions.ts'
import { checkedRoles } from './check-files.ts'

const TAG = { Key: 'okta-sso', Value: 'true' }
const signIn = { ...managed, Sid: 'People' }

/** A template with one role, called Analyst. */
const template = (properties: object, more: object = {}) => ({
  ...more,
  Resources: { Analyst: { Type: 'AWS::IAM::Role', Properties: { Tags: [TAG], ...properties } } },
})

/** What is said of the only role of a template, where its trust policy is that. */
async function ofDocument(document: unknown, more: object = {}, options: readonly string[] = []) {
  const { roles } = await checkedRoles(template({ AssumeRolePolicyDocument: document }, more), options)
  return roles[0]
}

/** The same of YAML, its trust policy indented by eight. */
async function ofYaml(document: string, tags = '- {Key: okta-sso, Value: "true"}') {
  const text = `Resources:\n  Analyst:\n    Type: AWS::IAM::Role\n    Properties:\n      Tags: \n        ${tags}\n      AssumeRolePolicyDocument:\n${document.replaceAll(/^/gm, '        ')}\n`
  const { roles, stderr } = await checkedRoles(text)
  return roles[0] ?? stderr
}

const allow = (Principal: unknown, more: object = {}) => policy({ ...signIn, Principal, ...more })

test('a planned role is told with what is missing, and the statement to write', async () => {
  const { roles, exitCode } = await checkedRoles(template({ AssumeRolePolicyDocument: policy(ec2) }))
  expect(roles).toEqual([{ name: 'Analyst', kind: 'planned', reason: 'access-missing', notes: [], statement: managed }])
  expect(exitCode).toBe(2)
})

describe('functions that a template answers by itself', () => {
  const Parameters = {
    Name: { Type: 'String', Default: 'Okta' },
    Arns: { Type: 'CommaDelimitedList', Default: `${OKTA}, arn:aws:iam::111122223333:saml-provider/Entra` },
    Unset: { Type: 'String' },
  }
  const Mappings = { Providers: { live: { okta: OKTA } } }
  const Conditions = {
    IsOkta: { 'Fn::Equals': [{ Ref: 'Name' }, 'Okta'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsOkta' }] },
    Both: { 'Fn::And': [{ Condition: 'IsOkta' }, { Condition: 'IsOpen' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsOpen' }, { Condition: 'IsOkta' }] },
    IsOpen: { 'Fn::Equals': [{ Ref: 'Unset' }, 'x'] },
    Round: { 'Fn::Not': [{ Condition: 'Round' }] },
  }
  const more = { Parameters, Mappings, Conditions }
  const arn = 'arn:aws:iam::111122223333:saml-provider/'

  test.each<[string, unknown]>([
    ['Fn::Sub', { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:saml-provider/\${Name}` }],
    ['Fn::Sub with values', { 'Fn::Sub': [`\${A}\${ Name }`, { A: arn }] }],
    [
      'Fn::Join',
      {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':saml-provider/', { Ref: 'Name' }],
        ],
      },
    ],
    ['Fn::Join of a list', { 'Fn::Join': ['/', { 'Fn::Split': [':::', `${arn.slice(0, -1)}:::Okta`] }] }],
    ['a list with what is nothing', [OKTA, { Ref: 'AWS::NoValue' }]],
    ['a list of a parameter', { Ref: 'Arns' }],
    ['Fn::Select', { 'Fn::Select': ['0', { Ref: 'Arns' }] }],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Providers', 'live', 'okta'] }],
    ['Fn::If', { 'Fn::If': ['IsOkta', OKTA, { 'Fn::ImportValue': 'x' }] }],
    ['Fn::If by Fn::Not', { 'Fn::If': ['IsNot', 'x', OKTA] }],
    ['Fn::If by Fn::Or of what is not told', { 'Fn::If': ['Either', OKTA, 'x'] }],
    ['Fn::If that is the same either way', { 'Fn::If': ['IsOpen', OKTA, { 'Fn::Sub': OKTA }] }],
  ])('%s', async (_, Federated) => {
    expect(await ofDocument(allow({ Federated }), more)).toMatchObject({ kind: 'unchanged' })
  })

  test('a statement can be nothing by a condition', async () => {
    const Statement = [ec2, { 'Fn::If': ['IsOkta', signIn, { Ref: 'AWS::NoValue' }] }]
    expect(await ofDocument({ Version: '2012-10-17', Statement }, more)).toMatchObject({ kind: 'unchanged' })
    const without = [ec2, { 'Fn::If': ['IsNot', signIn, { Ref: 'AWS::NoValue' }] }]
    expect(await ofDocument({ Version: '2012-10-17', Statement: without }, more)).toMatchObject({ kind: 'planned' })
  })

  test('the condition of its resource holds for a role that is made', async () => {
    const Statement = [{ 'Fn::If': ['IsOpen', signIn, ec2] }]
    const role = {
      Type: 'AWS::IAM::Role',
      Condition: 'IsOpen',
      Properties: { Tags: [TAG], AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } },
    }
    expect((await checkedRoles({ ...more, Resources: { Role: role } })).roles).toMatchObject([{ kind: 'unchanged' }])
  })

  test('the condition of its resource rules out the defaults by which it would not hold', async () => {
    const Parameters = { Env: { Type: 'String', Default: 'dev' }, Name: { Type: 'String', Default: 'Okta' } }
    const is = (env: string) => ({ 'Fn::Equals': [{ Ref: 'Env' }, env] })
    const Conditions = {
      IsLive: { 'Fn::Or': [is('prod'), is('test')] },
      IsDev: is('dev'),
      IsNotLive: { 'Fn::Not': [{ Condition: 'IsLive' }] },
      IsDevToo: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsDev' }] },
    }
    const kindOf = async (Statement: unknown, Condition = 'IsLive') => {
      const Properties = { Tags: [TAG], AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } }
      const Role = { Type: 'AWS::IAM::Role', Condition, Properties }
      return (await checkedRoles({ Parameters, Conditions, Resources: { Role } })).roles[0]?.kind
    }
    const nothing = { Ref: 'AWS::NoValue' }
    expect(await kindOf([ec2, { 'Fn::If': ['IsDev', signIn, nothing] }])).toBe('unknown')
    expect(await kindOf([ec2, { 'Fn::If': ['IsDevToo', signIn, nothing] }])).toBe('unknown')
    expect(await kindOf([ec2, { 'Fn::If': ['IsNotLive', signIn, nothing] }])).toBe('planned')
    const ofEnvironment = { Federated: { 'Fn::Sub': `${arn}\${Env}` } }
    expect(await kindOf([{ ...signIn, Principal: ofEnvironment }])).toBe('unknown')
    const ofName = { Federated: { 'Fn::Sub': `${arn}\${Name}` } }
    expect(await kindOf([{ ...signIn, Principal: ofName }])).toBe('unchanged')
    expect(await kindOf([ec2, { 'Fn::If': ['IsDev', signIn, nothing] }], 'IsDev')).toBe('unchanged')
  })

  test('defaults that were taken are told', async () => {
    const { stderr } = await checkedRoles(
      template({ AssumeRolePolicyDocument: allow({ Federated: { 'Fn::Sub': `${arn}\${Name}` } }) }, more),
    )
    expect(stderr).toContain('these parameters have their defaults: Name.\n')
  })

  test('a policy variable is left as it is', async () => {
    const Condition = { StringEquals: { 'SAML:aud': { 'Fn::Sub': `\${!aws:x}` } } }
    expect(await ofDocument(allow({ Federated: OKTA }, { Condition }))).toMatchObject({
      kind: 'unchanged',
      notes: ['restricted-by-owner'],
    })
  })

  test.each<[string, unknown, string]>([
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Okta', 'Arn'] }, 'Fn::GetAtt'],
    ['a reference to a resource', { Ref: 'Okta' }, 'Okta, which is known only once it is deployed'],
    ['a parameter without a default', { Ref: 'Unset' }, 'the parameter Unset, which has no default'],
    ['a parameter of SSM', { Ref: 'Ssm' }, 'the parameter Ssm, which is read from SSM'],
    [
      "the stack's name",
      { 'Fn::Sub': `${arn}\${AWS::StackName}` },
      'AWS::StackName, which is known only once it is deployed',
    ],
    ['an attribute in Fn::Sub', { 'Fn::Sub': `\${Okta.Arn}` }, 'Okta.Arn, which is known only once it is deployed'],
    ['a function that nobody knows', { 'Fn::Nobody': OKTA }, 'Fn::Nobody'],
    ['Fn::If that nobody can tell', { 'Fn::If': ['IsOpen', OKTA, 'x'] }, 'Fn::If by the condition IsOpen'],
    ['Fn::If by Fn::And of what is not told', { 'Fn::If': ['Both', OKTA, 'x'] }, 'Fn::If by the condition Both'],
    [
      'Fn::If by a condition that refers to itself',
      { 'Fn::If': ['Round', OKTA, 'x'] },
      'Fn::If by the condition Round',
    ],
    ['Fn::If by a condition that is not there', { 'Fn::If': ['None', OKTA, 'x'] }, 'Fn::If by the condition None'],
    ['a map that is not there', { 'Fn::FindInMap': ['Providers', 'test', 'okta'] }, 'Fn::FindInMap of Providers'],
    ['a map by the region', { 'Fn::FindInMap': ['Providers', { Ref: 'AWS::Region' }, 'okta'] }, 'Fn::FindInMap'],
    ['Fn::Select beyond the end', { 'Fn::Select': [7, { Ref: 'Arns' }] }, 'Fn::Select'],
    ['Fn::Transform', { 'Fn::Transform': { Name: 'AWS::Include' } }, 'Fn::Transform'],
    ['a function among other keys', { Ref: 'Name', x: 1 }, 'Ref among other keys'],
    ['a dynamic reference', '{{resolve:ssm:/okta/saml-provider-arn}}', 'a dynamic reference'],
    ['a dynamic reference in Fn::Sub', { 'Fn::Sub': '{{resolve:ssm:/okta}}' }, 'a dynamic reference'],
    ['one that is put together', { 'Fn::Join': ['{{', ['', 'resolve:ssm:/okta}}']] }, 'a dynamic reference'],
    ['one in a parameter', { Ref: 'Dynamic' }, 'a dynamic reference'],
    ['one in a list of a parameter', { Ref: 'Dynamics' }, 'a dynamic reference'],
    ['one in a map', { 'Fn::FindInMap': ['Dynamic', 'live', 'okta'] }, 'a dynamic reference'],
  ])('%s is not known, with the place', async (_, Federated, words) => {
    const dynamic = '{{resolve:ssm:/okta}}'
    const Parameters = {
      ...more.Parameters,
      Ssm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' },
      Dynamic: { Type: 'String', Default: dynamic },
      Dynamics: { Type: 'CommaDelimitedList', Default: `${OKTA},${dynamic}` },
    }
    const Maps = { ...Mappings, Dynamic: { live: { okta: dynamic } } }
    expect(await ofDocument(allow({ Federated }), { ...more, Parameters, Mappings: Maps })).toMatchObject({
      kind: 'unknown',
      reason: `AssumeRolePolicyDocument.Statement[0].Principal.Federated: ${words}`,
      statement: null,
    })
  })
})

describe("the stack's region", () => {
  const service = { ...ec2, Principal: { Service: { 'Fn::Sub': `states.\${AWS::Region}.\${AWS::URLSuffix}` } } }
  const regional = {
    ...signIn,
    Condition: { StringEquals: { 'SAML:aud': { 'Fn::Sub': `https://\${AWS::Region}.signin.aws.amazon.com/saml` } } },
  }
  const inEurope = ['--audiences', 'https://eu-west-1.signin.aws.amazon.com/saml']

  test('does not matter where it is that of a service', async () => {
    expect(await ofDocument(policy(service))).toMatchObject({ kind: 'planned' })
    expect(await ofDocument(policy(service, signIn))).toMatchObject({ kind: 'unchanged' })
  })

  test('is not known where it decides about an audience', async () => {
    expect(await ofDocument(policy(regional), {}, inEurope)).toMatchObject({
      kind: 'unknown',
      reason: "it depends on the stack's region",
    })
    expect(await ofDocument(policy(regional))).toMatchObject({ kind: 'planned' })
  })

  test('is not known where it decides about a provider', async () => {
    const Federated = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:saml-provider/okta-\${AWS::Region}` }
    const wanted = ['--provider-arn', 'arn:aws:iam::111122223333:saml-provider/okta-eu-west-1']
    expect(await ofDocument(allow({ Federated }), {}, wanted)).toMatchObject({ kind: 'unknown' })
    expect(await ofDocument(allow({ Federated }))).toMatchObject({ kind: 'planned' })
  })

  test('is not known to a condition', async () => {
    const Conditions = { InEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } }
    const Statement = [{ 'Fn::If': ['InEurope', signIn, ec2] }]
    expect(await ofDocument({ Version: '2012-10-17', Statement }, { Conditions })).toMatchObject({ kind: 'unknown' })
  })
})

describe('the tag', () => {
  const right = { AssumeRolePolicyDocument: policy(managed) }
  test.each<[string, unknown, string | undefined]>([
    ['is there in any letter case', [{ Key: 'OKTA-sso', Value: 'True' }], 'unchanged'],
    ['can be a Boolean', [{ Key: 'okta-sso', Value: true }], 'unchanged'],
    ['can come from a parameter', [{ Key: 'okta-sso', Value: { Ref: 'Set' } }], 'unchanged'],
    ['is another', [{ Key: 'team', Value: 'true' }], undefined],
    ['is not there', undefined, undefined],
    ['has a value that is not told', [{ Key: 'okta-sso', Value: { Ref: 'Unset' } }], 'unknown'],
    ['has a key that is not told', [{ Key: { Ref: 'Unset' }, Value: 'true' }], 'unknown'],
    ['has a key that is not told, and another value', [{ Key: { Ref: 'Unset' }, Value: 'x' }], undefined],
    ['is another though its value is not told', [{ Key: 'team', Value: { Ref: 'Unset' } }], undefined],
    ['depends on a condition', [{ 'Fn::If': ['Open', TAG, { Ref: 'AWS::NoValue' }] }], 'unknown'],
    ['is nothing', [{ Ref: 'AWS::NoValue' }], undefined],
    ['may come with a list', { 'Fn::If': ['Open', [TAG], []] }, 'unknown'],
    ['is looked up', [{ Key: 'okta-sso', Value: { Ref: 'Dynamic' } }], 'unknown'],
    ['is written as AWS SAM has it', { 'okta-sso': 'true' }, 'unknown'],
    ['may be included', [{ 'Fn::Transform': { Name: 'AWS::Include' } }], 'unknown'],
  ])('%s', async (_, Tags, kind) => {
    const Parameters = {
      Unset: { Type: 'String' },
      Set: { Type: 'String', Default: 'true' },
      Dynamic: { Type: 'String', Default: '{{resolve:ssm:/tag}}' },
    }
    const Conditions = { Open: { 'Fn::Equals': [{ Ref: 'Unset' }, 'x'] } }
    const { roles } = await checkedRoles(template({ ...right, Tags }, { Parameters, Conditions }))
    expect(roles[0]?.kind).toBe(kind)
  })

  test('of the stack is told not to be in there', async () => {
    expect((await checkedRoles(template(right))).stderr).toContain(
      'roles get the tags of the stack too, and those are not in the template.',
    )
  })
})

describe('a role that is not told', () => {
  const one = { Type: 'AWS::IAM::Role', Properties: { Tags: [TAG], AssumeRolePolicyDocument: policy(managed) } }
  test.each<[string, object, string]>([
    [
      'by a macro of one’s own',
      { Transform: ['AWS::Serverless-2016-10-31', 'OwnMacro'], Resources: { One: one } },
      'Transform: the macro OwnMacro may change it',
    ],
    [
      'by an include',
      { Transform: { Name: 'AWS::Include' }, Resources: { One: one } },
      'Transform: the macro AWS::Include may change it',
    ],
    [
      'by a function in its properties',
      { Resources: { One: { ...one, Properties: { 'Fn::Transform': {} } } } },
      'Properties: Fn::Transform',
    ],
    [
      'by a loop',
      { Resources: { 'Fn::ForEach::Roles': ['Name', ['a'], { One: one }] } },
      'Fn::ForEach::Roles: what it brings is not in the template',
    ],
    [
      'by an include of its own key',
      { 'Fn::Transform': { Name: 'AWS::Include' }, Resources: { One: one } },
      'Transform: the macro AWS::Include may change it',
    ],
    [
      'by a loop of functions of AWS SAM',
      {
        Resources: {
          'Fn::ForEach::Functions': [
            'Name',
            ['a'],
            { One: { Type: 'AWS::Serverless::Function', Properties: { Tags: { 'okta-sso': 'true' } } } },
          ],
        },
      },
      'Fn::ForEach::Functions: what it brings is not in the template',
    ],
    [
      'by what its resources include',
      { Resources: { 'Fn::Transform': { Name: 'AWS::Include' } } },
      'Fn::Transform: what it brings is not in the template',
    ],
    [
      'by AWS SAM',
      { Resources: { One: { Type: 'AWS::Serverless::Function', Properties: { Tags: { 'okta-sso': true } } } } },
      'AWS SAM makes this role of One',
    ],
    [
      'by AWS SAM where none may be given',
      {
        Resources: {
          One: {
            Type: 'AWS::Serverless::Function',
            Properties: { Role: { 'Fn::If': ['Own', OKTA, { Ref: 'AWS::NoValue' }] }, Tags: { 'okta-sso': true } },
          },
        },
      },
      'AWS SAM makes this role of One',
    ],
    [
      'by AWS SAM for all',
      {
        Globals: { Function: { Tags: { 'okta-sso': 'true' } } },
        Resources: { One: { Type: 'AWS::Serverless::Function' } },
      },
      'AWS SAM makes this role of One',
    ],
    [
      'without a trust policy',
      { Resources: { One: { ...one, Properties: { Tags: [TAG] } } } },
      'AssumeRolePolicyDocument: found none',
    ],
  ])('%s is never called right', async (_, text, words) => {
    const { roles, exitCode } = await checkedRoles(text)
    expect(roles).toMatchObject([{ kind: 'unknown' }])
    expect(roles[0].reason).toContain(words)
    expect(exitCode).toBe(1)
  })

  test('is none where nothing of it can have the tag', async () => {
    const Resources = {
      Function: { Type: 'AWS::Serverless::Function', Properties: { Tags: { team: 'x' } } },
      WithRole: { Type: 'AWS::Serverless::Function', Properties: { Role: OKTA, Tags: { 'okta-sso': 'true' } } },
      'Fn::ForEach::Policies': ['Name', ['a'], { P: { Type: 'AWS::IAM::RolePolicy' } }],
      Nested: { Type: 'AWS::CloudFormation::Stack' },
    }
    const { roles, stderr, exitCode } = await checkedRoles({ Transform: 'AWS::LanguageExtensions', Resources })
    expect({ roles, exitCode }).toEqual({ roles: [], exitCode: 0 })
    expect(stderr).toContain('not looked into, and to be checked each by itself: Nested.')
  })
})

test('a macro of one’s own is told, since it may bring roles', async () => {
  const { stderr } = await checkedRoles({ Transform: 'OwnMacro', Resources: {} })
  expect(stderr).toContain('the macro OwnMacro may bring roles: check the template that it renders.')
})

test('an exclusion is decided by path and name, as far as these are told', async () => {
  const lacking = { AssumeRolePolicyDocument: policy(ec2) }
  const kindOf = async (properties: object) =>
    (await checkedRoles(template({ ...lacking, ...properties }), ['--exclusions', '/team/*,/admin*'])).roles[0]?.kind
  expect(await kindOf({ Path: '/team/' })).toBe('unchanged')
  expect(await kindOf({ RoleName: 'admin' })).toBe('unchanged')
  expect(await kindOf({ RoleName: 'analyst' })).toBe('planned')
  expect(await kindOf({})).toBe('unknown')
  expect(await kindOf({ Path: '/x/' })).toBe('planned')
  expect(await kindOf({ Path: { Ref: 'AWS::StackName' } })).toBe('unknown')
})

describe('YAML', () => {
  test('has short tags, and dates that are text', async () => {
    const document = `Version: 2012-10-17
Statement:
  - Effect: Allow
    Principal:
      Federated: !Sub "arn:\${AWS::Partition}:iam::\${AWS::AccountId}:saml-provider/Okta"
    Action: !Join [":", [sts, AssumeRoleWithSAML]]
    Condition:
      StringEquals:
        SAML:aud: !Select [0, !Split [",", "${AUDIENCE},x"]]`
    expect(await ofYaml(document)).toMatchObject({ kind: 'unchanged' })
  })

  test('says the same as JSON does', async () => {
    expect(await ofYaml(JSON.stringify(policy(ec2)))).toMatchObject({ kind: 'planned', statement: managed })
  })

  test.each([
    ['!GetAtt Okta.Arn', 'Fn::GetAtt'],
    ['!ImportValue okta', 'Fn::ImportValue'],
    ['!Nobody x', 'Fn::Nobody'],
    ['!!binary aGk=', 'the YAML tag tag:yaml.org,2002:binary'],
    ['{<<: *other}', 'the merge key <<'],
    ['012345678901', '012345678901 without quotes'],
  ])('with %s is not known', async (principal, words) => {
    const role = await ofYaml(
      `Id: &other {a: b}\nStatement: [{Effect: Allow, Action: "*", Principal: {Federated: ${principal}}}]`,
    )
    expect(role).toMatchObject({ kind: 'unknown' })
    expect(role.reason).toContain(`AssumeRolePolicyDocument.Statement[0].Principal.Federated: ${words}`)
  })

  test.each([
    ['true', 'unchanged'],
    ['"true"', 'unchanged'],
    ['TRUE', 'unchanged'],
    ['yes', 'unknown'],
    ['"yes"', undefined],
    ['on', 'unknown'],
  ])('with %s for the tag is read as far as its readers agree', async (value, kind) => {
    expect((await ofYaml(JSON.stringify(policy(managed)), `- {Key: okta-sso, Value: ${value}}`))?.kind).toBe(kind)
  })

  test('has an account without quotes taken for the text that it is', async () => {
    expect(
      await ofYaml('Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: 111122223333}}]'),
    ).toMatchObject({ kind: 'planned' })
  })

  test('has aliases', async () => {
    const document = `Statement:\n  - &people ${JSON.stringify(signIn)}\n  - *people`
    expect(await ofYaml(document)).toMatchObject({ kind: 'unchanged' })
  })

  test('has an alias that means the last anchor of its name before it, wherever it is unfolded', async () => {
    const document = `w: &outer [&one ${JSON.stringify(signIn)}]
x: &one ${JSON.stringify(ec2)}
y: *outer
Statement: [*one]`
    expect(await ofYaml(document)).toMatchObject({ kind: 'planned' })
  })
})

test('a trust policy can be a text of JSON', async () => {
  expect(await ofDocument(JSON.stringify(policy(managed)))).toMatchObject({ kind: 'unchanged' })
  expect(await ofDocument({ 'Fn::Sub': JSON.stringify(policy(ec2)) })).toMatchObject({ kind: 'planned' })
})
