import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { runCli, temporaryFolder } from '../command-line.ts'
import { metadataOf } from './metadata.ts'
import { CANARY, ENGINE, failure, StackSetsAccount, UNIT } from './stack-sets-account.ts'
import { writeRelease, zipsOf } from './write-release.ts'

const IDENTITY = `${ENGINE}-identity`

let account: StackSetsAccount
let release: string
beforeEach(() => {
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
  account = new StackSetsAccount().attach()
  release = temporaryFolder()
  writeRelease(release)
})

const deploy = (...options: readonly string[]) => runCli(['org', 'deploy', '--release', release, '--yes', ...options])
const deployed = async (...options: readonly string[]) => {
  const result = await deploy('--ou', UNIT, ...options)
  expect(result).toMatchObject({ exitCode: 0 })
  return result
}
/** What of everything could have been changed. */
const changed = () => ({ sets: [...account.sets.keys()], objects: [...account.objects.keys()] })
const NOTHING = { sets: [], objects: [] }

describe('the first deployment', () => {
  test('reaches every account of the units, in report mode, and each that joins them', async () => {
    const { stdout, stderr, exitCode } = await deploy('--ou', UNIT)
    expect(exitCode).toBe(0)
    expect(account.deployed('Mode')).toEqual({ '222222222222': 'report', '333333333333': 'report' })
    expect(account.set()).toMatchObject({
      permissionModel: 'SERVICE_MANAGED',
      deploysAutomatically: true,
      retainsStacks: false,
    })
    expect(account.set().parameters).toMatchObject({
      Prefix: ENGINE,
      BundleBucket: 'bundles',
      AccountTelemetry: 'false',
    })
    expect([...account.regions]).toEqual(['us-east-1'])
    expect([...account.concurrencyModes]).toEqual(['SOFT_FAILURE_TOLERANCE'])
    expect([...account.objects.keys()]).toEqual(zipsOf(release))
    expect(stdout).toContain('  current     222222222222  ou-ab12-cdef3456\n')
    expect(stdout).toContain('  2 accounts: 2 current\n')
    expect(stderr).toContain('`npx --no okta-role-trust org resume --allow mode`')
  })

  test('only reports, also where the settings say otherwise', async () => {
    await deployed('--param', 'mode=enforce')
    expect(account.set().parameters.Mode).toBe('report')
  })

  test('is done on behalf of whoever calls', async () => {
    await deployed()
    expect([...account.callAs]).toEqual(['DELEGATED_ADMIN'])
    account = new StackSetsAccount().attach()
    account.managementAccount = '111122223333'
    await deployed()
    expect([...account.callAs]).toEqual(['SELF'])
  })

  test('takes the settings of the file, and --param before them', async () => {
    const file = join(temporaryFolder(), 'prod.yml')
    writeFileSync(file, 'maxChanges: 7\ntagKey: sso\ntags: team=identity\n')
    await deployed('--settings', file, '--param', 'maxChanges=9')
    expect(account.set()).toMatchObject({ parameters: { MaxChanges: '9', TagKey: 'sso' }, tags: { team: 'identity' } })
  })

  test('forwards events to the hub that is named', async () => {
    const hub = 'arn:aws:events:us-east-1:444455556666:event-bus/okta-role-trust-hub'
    await deployed('--hub', hub)
    expect(account.set().parameters.HubBusArn).toBe(hub)
  })

  test('makes provider and parameter first, where there is metadata, and they stay with an account that leaves', async () => {
    const file = join(release, 'okta.xml')
    writeFileSync(file, metadataOf())
    await deployed('--metadata', file)
    expect([...account.sets.keys()]).toEqual([IDENTITY, ENGINE])
    const set = account.set(IDENTITY)
    expect(JSON.parse(set.template).Resources.Provider.Properties.SamlMetadataDocument).toBe(metadataOf().trim())
    expect(set).toMatchObject({
      retainsStacks: true,
      parameters: { ProviderName: 'Okta', ParameterName: '/okta/saml-provider-arn' },
    })
    expect([...set.instances.keys()]).toEqual(['222222222222', '333333333333'])
  })

  test('makes the parameter alone where each account has the provider', async () => {
    await deployed('--provider-name', 'Okta-2')
    expect(account.set(IDENTITY).parameters).toEqual({
      ProviderName: 'Okta-2',
      ParameterName: '/okta/saml-provider-arn',
    })
    expect(JSON.parse(account.set(IDENTITY).template).Parameters.Metadata.Default).toBe('')
  })

  test('asks, and does nothing after a no', async () => {
    const { exitCode, stderr } = await runCli(['org', 'deploy', '--release', release, '--ou', UNIT], {
      isTerminal: true,
      input: 'n',
    })
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, ...changed() }).toEqual({ exitCode: 1, ...NOTHING })
  })
})

describe('a later deployment', () => {
  beforeEach(async () => {
    await deployed()
    account.calls.length = 0
  })

  test('has nothing to do where nothing changed', async () => {
    const { stdout, exitCode } = await deploy()
    expect({ stdout, exitCode }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('  nothing is due\n') })
    expect(account.calls.filter((name) => /^(Put|Create|Update|Delete)/.test(name))).toEqual([])
  })

  test('brings a newer release to every account, and keeps the mode', async () => {
    await runCli(['org', 'resume', '--allow', 'mode', '--yes'])
    writeRelease(release, '1.1.0')
    const { stdout, exitCode } = await deploy('--param', 'mode=report')
    expect(stdout).toContain(`  ${ENGINE}: changes, version 1.0.0 → 1.1.0\n`)
    expect(account.deployed('Mode')).toEqual({ '222222222222': 'enforce', '333333333333': 'enforce' })
    for (const { template } of account.set().instances.values()) expect(template).toContain('1.1.0')
    expect(exitCode).toBe(0)
  })

  test('shows which settings change, and refuses what weakens a protection unless it is named', async () => {
    const before = { ...account.set().parameters }
    const refused = await deploy('--param', 'maxChanges=500')
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nothing was changed: maxChanges: 50 → 500: a sweep may change more roles'),
    })
    expect(account.set().parameters).toEqual(before)
    const { stdout } = await deploy('--param', 'maxChanges=500', '--allow', 'maxChanges')
    expect(stdout).toContain('    maxChanges: 50 → 500\n')
    expect(account.deployed('MaxChanges')).toEqual({ '222222222222': '500', '333333333333': '500' })
  })

  test('never takes another Sid: no account would take out the statements of the old one', async () => {
    const { stderr, exitCode } = await deploy('--param', 'sid=Other', '--allow', 'sid')
    expect(stderr).toContain('sid: the StackSet okta-role-trust-dev has OktaSso, and nothing was changed')
    expect({ exitCode, sid: account.set().parameters.Sid }).toEqual({ exitCode: 1, sid: 'OktaSso' })
  })

  test('deploys to further units', async () => {
    await deploy('--ou', CANARY)
    expect(Object.keys(account.deployed('Mode'))).toEqual(['222222222222', '333333333333', '444444444444'])
  })

  test('goes on where an account failed, once what stood in the way is gone', async () => {
    writeRelease(release, '1.1.0')
    account.failing.set('333333333333', 'a role of that name exists')
    const failed = await deploy()
    expect(failed).toMatchObject({ exitCode: 1 })
    expect(failed.stdout).toContain('  failed      333333333333  ou-ab12-cdef3456  a role of that name exists\n')
    expect(failed.stderr).toContain('To go on, run `npx --no okta-role-trust org deploy')
    account.failing.clear()
    expect(await deploy()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('once more: 1 account that is not current'),
    })
    expect(account.set().instances.get('333333333333')?.status).toBe('CURRENT')
  })

  test('of the metadata keeps the provider where it is, and leaves it alone without metadata', async () => {
    const file = join(release, 'okta.xml')
    writeFileSync(file, metadataOf())
    expect(await deploy('--metadata', file)).toMatchObject({ exitCode: 0 })
    writeFileSync(file, metadataOf({ comment: 'a second certificate' }))
    const before = account.set(IDENTITY).parameters
    await deploy('--metadata', file)
    expect(account.set(IDENTITY).template).toContain('a second certificate')
    expect(account.set(IDENTITY).parameters).toEqual(before)
    expect((await deploy()).stdout).toContain('  nothing is due\n')
    expect(account.set(IDENTITY).template).toContain('a second certificate')
    const other = await deploy('--provider-name', 'Other')
    expect(other.stderr).toContain(`the StackSet ${IDENTITY} has the SAML provider Okta, and nothing was changed`)
    const forgotten = await deploy('--provider-name', 'Okta')
    expect(forgotten.stderr).toContain(`the StackSet ${IDENTITY} looks after the SAML provider Okta itself`)
  })

  test('knows by the StackSet whether it looks after the provider, however the metadata is written or was given', async () => {
    const file = join(release, 'okta.xml')
    writeFileSync(file, metadataOf().replace('entityID=', 'entityID = '))
    await deploy('--metadata', file)
    const { template } = account.set(IDENTITY)
    await deploy()
    expect(account.set(IDENTITY).template).toBe(template)
    const byHand = { ...account.set(IDENTITY).parameters, Metadata: metadataOf() }
    Object.assign(account.set(IDENTITY), {
      template: readFileSync(join(release, 'okta-role-trust-identity.template.json'), 'utf8'),
      parameters: byHand,
    })
    await deploy('--param', 'parameterName=/okta/other', '--allow', 'parameterName')
    expect(account.set(IDENTITY).parameters).toEqual({ ...byHand, ParameterName: '/okta/other' })
  })

  test('reaches the others where the provider of an account fails once more, and the account is named', async () => {
    await deploy('--provider-name', 'Okta')
    const [, failed] = account.set(IDENTITY).instances.values()
    Object.assign(failed ?? {}, { status: 'OUTDATED', detailed: 'FAILED', reason: 'the parameter exists' })
    writeRelease(release, '1.1.0')
    account.calls.length = 0
    account.onCall = () => {
      const updates = account.calls.filter((call) => call === 'UpdateStackSet').length
      if (updates === 1) account.failing.set('333333333333', 'the parameter exists')
      else account.failing.clear()
    }
    const { stdout, stderr, exitCode } = await deploy()
    expect(stderr).toContain(`${IDENTITY}: 1 account failed`)
    expect(stderr).toContain(
      'Not every account has it. Mend what the table says, and run `npx --no okta-role-trust org',
    )
    expect(stdout).toContain('  failed      333333333333  ou-ab12-cdef3456  the parameter exists\n')
    for (const { template } of account.set().instances.values()) expect(template).toContain('1.1.0')
    expect(exitCode).toBe(1)
  })

  test('shows that the metadata is of another Okta', async () => {
    const file = join(release, 'okta.xml')
    writeFileSync(file, metadataOf())
    await deploy('--metadata', file)
    writeFileSync(file, metadataOf({ entityId: 'http://www.okta.com/exkother' }))
    const { stdout } = await deploy('--metadata', file)
    expect(stdout).toContain('    entityID: http://www.okta.com/exk1 → http://www.okta.com/exkother\n')
  })
})

describe('who pauses the accounts while a deployment waits is not overruled', () => {
  const pause = () => {
    account.set().parameters = { ...account.set().parameters, Mode: 'report' }
  }
  beforeEach(async () => {
    await deployed('--canary', CANARY)
    await runCli(['org', 'resume', '--allow', 'mode', '--yes'])
    writeRelease(release, '1.1.0')
  })

  test.each([
    ['for its first answer', 'PutObject'],
    ['for the canaries', 'DescribeStackSetOperation'],
  ])('%s', async (_, call) => {
    account.onCall = () => {
      if (account.calls.at(-1) === call) pause()
    }
    const { stderr, exitCode } = await deploy('--canary', CANARY)
    expect(stderr).toContain(`the mode of ${ENGINE} became report while this command waited, and it does not undo that`)
    expect({ exitCode, mode: account.set().parameters.Mode }).toEqual({ exitCode: 1, mode: 'report' })
    account.onCall = () => {}
    expect(await deploy('--canary', CANARY)).toMatchObject({ exitCode: 0 })
    expect(Object.values(account.deployed('Mode'))).toEqual(['report', 'report', 'report'])
  })
})

describe('waves', () => {
  test('the canaries come first, and the rest where they are well', async () => {
    await deployed('--canary', CANARY)
    expect(Object.keys(account.deployed('Mode'))).toEqual(['444444444444', '222222222222', '333333333333'])
  })

  test('the rest waits for a yes', async () => {
    const { exitCode, stderr } = await runCli(
      ['org', 'deploy', '--release', release, '--ou', UNIT, '--canary', CANARY],
      { isTerminal: true, input: 'y', endsInput: true },
    )
    expect(Object.keys(account.deployed('Mode'))).toEqual(['444444444444'])
    expect(stderr).toContain('the canaries are deployed, and the rest is not')
    expect(exitCode).toBe(1)
  })

  test('a canary unit without an account tries nothing, so that the rest waits', async () => {
    account.units.set('ou-ab12-nobody01', [])
    const { exitCode, stderr } = await deploy('--ou', UNIT, '--canary', 'ou-ab12-nobody01')
    expect(stderr).toContain('there is no account in ou-ab12-nobody01, so that nothing was tried')
    expect({ exitCode, instances: account.set().instances.size }).toEqual({ exitCode: 1, instances: 0 })
  })

  test('a canary that fails keeps the new release from the others', async () => {
    await deployed('--canary', CANARY)
    writeRelease(release, '1.1.0')
    account.failing.set('444444444444', 'it fails')
    const { exitCode, stderr } = await deploy('--canary', CANARY)
    expect(account.set().instances.get('222222222222')?.template).toContain('1.0.0')
    expect(stderr).toContain('1 account failed; the others keep what they had')
    expect(exitCode).toBe(1)
  })
})

describe('Ctrl-C', () => {
  test('ends after the accounts in progress, and says how to go on', async () => {
    account.looksAnAccount = 1
    let press = () => {}
    let looks = 0
    account.onLook = () => {
      looks += 1
      if (looks === 1) press()
    }
    const { exitCode, stderr } = await runCli(['org', 'deploy', '--release', release, '--yes', '--ou', UNIT], {
      withInterrupt: (given) => {
        press = given
      },
    })
    const states = [...account.set().instances.values()].map(({ status }) => status)
    expect(states).toContain('OUTDATED')
    expect(stderr).toContain('Stopping after the accounts in progress')
    expect(stderr).toContain(
      `stopped; accounts that are not current keep what they had. To go on, run \`npx --no okta-role-trust org deploy --release ${release} --yes --ou ${UNIT}\``,
    )
    expect(exitCode).toBe(1)
    expect(await deploy()).toMatchObject({ exitCode: 0 })
    expect([...account.set().instances.values()].map(({ status }) => status)).toEqual(['CURRENT', 'CURRENT'])
  })
})

test('Ctrl-C while the code is uploaded ends before any StackSet is made', async () => {
  let press = () => {}
  account.onCall = () => {
    if (account.calls.at(-1) === 'PutObject') press()
  }
  const { exitCode, stderr } = await runCli(['org', 'deploy', '--release', release, '--yes', '--ou', UNIT], {
    withInterrupt: (given) => {
      press = given
    },
  })
  expect(stderr).toContain(
    'interrupted after 1 file in the bucket bundles, and no StackSet was changed: run the command',
  )
  expect({ exitCode, sets: account.sets.size }).toEqual({ exitCode: 1, sets: 0 })
})

describe('nothing is changed', () => {
  const refused = async (expected: string, ...options: readonly string[]) => {
    const { stderr, exitCode } = await deploy(...options)
    expect(stderr).toContain(expected)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ exitCode, ...changed() }).toEqual({ exitCode: 1, ...NOTHING })
  }

  test('without a terminal to ask on', async () => {
    const { stderr, exitCode } = await runCli(['org', 'deploy', '--ou', UNIT])
    expect(stderr).toContain('there is no terminal to ask on: run it in a terminal, or add --yes')
    expect({ exitCode, ...changed() }).toEqual({ exitCode: 1, ...NOTHING })
  })

  test('where a unit does not exist, or is none', async () => {
    await refused(
      'ou-ab12-nowhere1: the organization o-a1b2c3d4e5 has no such organizational unit',
      '--ou',
      'ou-ab12-nowhere1',
    )
    await refused('r-none: the organization o-a1b2c3d4e5 has no such organizational unit', '--ou', 'r-none')
    expect((await deploy('--ou', 'Workloads')).stderr).toContain('Expected the id of an organizational unit')
    await refused('there is no StackSet okta-role-trust-dev yet: name the organizational units to deploy to with --ou')
  })

  test('where the release is missing, or is not whole', async () => {
    const [zip = ''] = zipsOf(release)
    appendFileSync(join(release, zip), 'x')
    await refused(`${zip}: it is not what SHA256SUMS says, and nothing was deployed`, '--ou', UNIT)
    rmSync(join(release, zip))
    await refused(`${zip}: it is missing, and nothing was deployed`, '--ou', UNIT)
    const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8')
    writeFileSync(join(release, 'SHA256SUMS'), sums.replace(/^.*\.zip\n/m, ''))
    await refused(`${zip}: it is missing, and nothing was deployed`, '--ou', UNIT)
    writeFileSync(join(release, zip), 'other code')
    const hash = createHash('sha256').update('other code').digest('hex')
    writeFileSync(join(release, 'SHA256SUMS'), sums.replace(/^.*\.zip\n/m, `${hash}  ${zip}\n`))
    await refused(`${zip}: it is not what its name says, and nothing was deployed`, '--ou', UNIT)
    appendFileSync(join(release, 'SHA256SUMS'), 'x\n')
    await refused('SHA256SUMS: found "x", expected a SHA-256 and a name of a file', '--ou', UNIT)
    rmSync(join(release, 'SHA256SUMS'))
    await refused('there is no release there (no SHA256SUMS): make it with `npm run release`', '--ou', UNIT)
  })

  test('where the bucket is of no use', async () => {
    await refused(
      'there is no bucket other, and nothing was changed: make one with `aws cloudformation deploy',
      '--ou',
      UNIT,
      '--bucket',
      'other',
    )
    for (const name of ['s3://bundles', 'arn:aws:s3:::bundles', 'Bundles', 'a/b', '']) {
      await refused(`--bucket ${name}: expected the name of a bucket`, '--ou', UNIT, '--bucket', name)
    }
    account.bucket.owner = '444455556666'
    await refused('the bucket bundles is of another account than 111122223333, or the caller lacks', '--ou', UNIT)
    account.bucket.owner = '111122223333'
    account.bucket.region = 'eu-west-1'
    await refused('the bucket bundles is in another region, and nothing was changed', '--ou', UNIT)
    account.bucket.region = 'us-east-1'
    for (const policy of ['', '{"aws:PrincipalOrgID":"o-other00000"}', '{"aws:PrincipalOrgID":"o-a1b2c3d4e5f6"}']) {
      account.bucket.policy = policy
      await refused('does not let the organization o-a1b2c3d4e5 read it', '--ou', UNIT)
    }
    account.hasBucketStack = false
    await refused('there is no bucket for the code of the functions yet', '--ou', UNIT)
  })

  test('where a setting is wrong, or not one that the template takes', async () => {
    await refused('--param maxChanges: found "many"', '--ou', UNIT, '--param', 'maxChanges=many')
    await refused('hubBusArn: found "hub", expected', '--ou', UNIT, '--hub', 'hub')
    for (const [name, partition, arn] of [
      ['hubBusArn', 'aws-cn', 'arn:aws-cn:events:cn-north-1:999988887777:event-bus/hub'],
      ['readerPrincipal', 'aws-cn', 'arn:aws-cn:iam::999988887777:role/auditor'],
      ['permissionsBoundary', 'aws-us-gov', 'arn:aws-us-gov:iam::aws:policy/x'],
    ]) {
      await refused(
        `${name}: found an ARN of arn:${partition}, expected one of arn:aws`,
        '--ou',
        UNIT,
        '--param',
        `${name}=${arn}`,
      )
    }
    await refused('--param colour: there is no such setting', '--ou', UNIT, '--param', 'colour=red')
    await refused(
      'parameterName: found "okta", expected the name of an SSM parameter that begins with a slash',
      '--ou',
      UNIT,
      '--param',
      'parameterName=okta',
    )
    await refused('--settings none.yml: there is no such file', '--ou', UNIT, '--settings', 'none.yml')
    await refused('there is no settings/prod.yml: write the settings', '--ou', UNIT, '--stage', 'prod')
  })

  test('in an account without an organization, and in China', async () => {
    account.isInOrganization = false
    await refused('the account 111122223333 is in no organization', '--ou', UNIT)
  })

  test('over a StackSet that deploys nowhere yet, and without a unit', async () => {
    account.deny('CreateStackInstances')
    await deploy('--ou', UNIT)
    account.faults.clear()
    const { stderr, exitCode } = await deploy()
    expect(stderr).toContain('the StackSet okta-role-trust-dev deploys to no organizational unit yet')
    expect(exitCode).toBe(1)
  })

  test('over a StackSet of somebody else', async () => {
    await deployed()
    account.set().parameters = { ...account.set().parameters, Prefix: 'okta-role-trust-prod' }
    expect((await deploy()).stderr).toContain('has the Prefix okta-role-trust-prod, so that it is of another stage')
    account.set().parameters = { ...account.set().parameters, Prefix: ENGINE }
    account.set().permissionModel = 'SELF_MANAGED'
    const { stderr } = await deploy('--param', 'maxChanges=1')
    expect(stderr).toContain('the StackSet okta-role-trust-dev is SELF_MANAGED, and nothing was changed')
    expect(account.set().parameters.MaxChanges).toBe('50')
  })

  test('in an account that Organizations tells nothing, whatever it is allowed', async () => {
    account.deny('DescribeOrganizationalUnit', "You don't have permissions to access this resource.")
    await refused(
      'the account 111122223333 may not look into the organization, and nothing was changed: sign in to the account that deploys to it',
      '--ou',
      UNIT,
    )
    account.deny('DescribeOrganizationalUnit', 'not authorized to perform: organizations:DescribeOrganizationalUnit')
    await refused('the caller lacks the permission organizations:DescribeOrganizationalUnit: allow it', '--ou', UNIT)
  })

  test('over a StackSet of another template, and of another stage', async () => {
    await deployed('--provider-name', 'Okta')
    const before = account.set(IDENTITY).template
    account.set(IDENTITY).template = '{"Description": "the network of all accounts"}'
    const { stderr, exitCode } = await deploy('--provider-name', 'Okta', '--param', 'maxChanges=1')
    expect(stderr).toContain(`the StackSet ${IDENTITY} was made from another template than one of okta-role-trust`)
    expect(account.set(IDENTITY).template).toBe('{"Description": "the network of all accounts"}')
    expect({ exitCode, maxChanges: account.set().parameters.MaxChanges }).toEqual({ exitCode: 1, maxChanges: '50' })
    account.set(IDENTITY).template = before
    account.set().template = 'Description: the network of all accounts'
    for (const command of ['deploy', 'pause', 'remove', 'status']) {
      const options = command === 'status' ? [] : ['--yes']
      const { stderr: told } = await runCli([
        'org',
        command,
        ...(command === 'deploy' ? ['--release', release] : []),
        ...options,
      ])
      expect(told).toContain(`the StackSet ${ENGINE} was made from another template than one of okta-role-trust`)
    }
    expect(account.set().instances.size).toBe(2)
  })

  test.each([
    ['organizations:DescribeOrganization', 'DescribeOrganization'],
    ['cloudformation:DescribeStackSet', 'DescribeStackSet'],
    ['cloudformation:DescribeStacks', 'DescribeStacks'],
    ['s3:GetBucketPolicy', 'GetBucketPolicy'],
    ['s3:PutObject', 'PutObject'],
  ])('without the permission %s, which is named', async (permission, call) => {
    account.deny(call)
    await refused(`the caller lacks the permission ${permission}: allow it`, '--ou', UNIT)
  })
})

describe('what is left behind is named', () => {
  test.each([
    ['cloudformation:CreateStackSet', 'CreateStackSet', '1 file in the bucket bundles'],
    ['cloudformation:CreateStackInstances', 'CreateStackInstances', 'the StackSet okta-role-trust-dev'],
    ['cloudformation:DescribeStackSetOperation', 'DescribeStackSetOperation', 'the StackSet okta-role-trust-dev'],
  ])('without the permission %s, and the same command goes on', async (permission, call, left) => {
    account.deny(call)
    const { stderr, exitCode } = await deploy('--ou', UNIT)
    expect(stderr).toContain(`the caller lacks the permission ${permission}: allow it`)
    expect(stderr).toMatch(new RegExp(`This is done and stays: .*${left}`))
    expect(stderr).toContain(`To go on, run \`npx --no okta-role-trust org deploy`)
    expect(exitCode).toBe(1)
    account.faults.clear()
    expect(await deploy('--ou', UNIT)).toMatchObject({ exitCode: 0 })
    expect(account.deployed('Mode')).toEqual({ '222222222222': 'report', '333333333333': 'report' })
  })

  test('where AWS names the permission, its words hold', async () => {
    account.deny(
      'CreateStackSet',
      'User: arn:aws:iam::1:user/a is not authorized to perform: cloudformation:TagResource on resource: x',
    )
    expect((await deploy('--ou', UNIT)).stderr).toContain('the caller lacks the permission cloudformation:TagResource')
  })

  test.each([
    [
      'an account that is no delegated administrator',
      failure('ValidationError', 'Account used is not a delegated administrator'),
      'may not deploy to the organization: in the management account, type `aws organizations register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id 111122223333`',
    ],
    [
      'trusted access that is off',
      failure('ValidationError', 'You must enable organizations access to operate a service managed stack set'),
      '`aws cloudformation activate-organizations-access`',
    ],
    [
      'another operation that runs',
      failure('OperationInProgressException', 'Another Operation is in progress'),
      'another operation of this StackSet is running: wait until it has finished, and run the command again',
    ],
    ['a quota', failure('LimitExceededException', 'limit'), 'a quota of StackSets is used up'],
    ['throttling', failure('ThrottlingException', 'Rate exceeded'), 'AWS is throttling'],
  ])('%s', async (_, fault, expected) => {
    account.faults.set('CreateStackInstances', fault)
    const { stderr, exitCode } = await deploy('--ou', UNIT)
    expect(stderr).toContain(expected)
    expect(stderr).toContain('This is done and stays')
    expect(exitCode).toBe(1)
  })

  test('a file in the bucket that is not what its name says is never deployed', async () => {
    const [zip = ''] = zipsOf(release)
    account.objects.set(zip, new Uint8Array([1]))
    const { stderr, exitCode } = await deploy('--ou', UNIT)
    expect(stderr).toContain(
      `the bucket bundles holds another file as ${zip} than the release, and no StackSet was changed`,
    )
    expect({ exitCode, sets: account.sets.size }).toEqual({ exitCode: 1, sets: 0 })
  })

  test('a zip that is there already is as good', async () => {
    await deployed()
    account.sets.clear()
    await deployed()
  })
})
