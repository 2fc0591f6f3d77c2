const compileSources = require('./compile-sources.cjs')
const { readEarlierTemplate, readStack, readVariables, variablesOf } = require('./deployed-stack.cjs')
const { regionsByPartition } = require('./iam-event-regions.cjs')

/** What changes and what that weakens, which variables hold the settings, and what the tags are. */
const SOURCES = ['setting-changes', 'setting-variable', 'stack-settings'].map((file) => `src/config/${file}.ts`)

const allow = {
  usage: 'Settings that may weaken a protection this time: NAME,NAME (docs/deploying.md, "What a deployment changes")',
  type: 'multiple',
}

/**
 * Tells which settings a deployment changes, and stops it before anything is changed where one weakens a protection that
 * `--allow` does not name. The old value is what the functions have, whoever put it there; the new one is what goes
 * out, which need not be what the configuration says today.
 */
module.exports = class SettingChanges {
  constructor(serverless, options, { log }) {
    this.serverless = serverless
    this.options = options
    this.log = log
    this.commands = {
      deploy: { options: { allow }, commands: { function: { options: { allow } } } },
      rollback: { options: { allow } },
    }
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => {
        const { compiledCloudFormationTemplate: template } = serverless.service.provider
        if (options.package) this.refuseOtherThanPackaged(template)
        return this.compareStack(template)
      },
      'after:deploy:finalize': () => this.confirm(),
      'after:deploy:function:initialize': () => this.compareFunction(),
      // Without a timestamp it lists those that it takes.
      'before:rollback:rollback': async () =>
        options.timestamp ? this.compareStack(await this.earlierTemplate()) : this.judge([]),
      'after:rollback:rollback': () => this.confirm(),
    }
  }

  /** An error that osls prints without a stack trace. */
  refusal(message) {
    return new this.serverless.classes.Error(message, 'SETTINGS_REFUSED')
  }

  async compareStack(template) {
    const stack = await readStack(this.serverless.getProvider('aws'))
    if (stack === undefined) return this.judge([])
    this.outgoing = this.settingsOfTemplate(template)
    const functions = await this.readFunctions(stack)
    if (functions.length === 0) {
      const { name, status } = stack
      this.log.notice(
        `The stack ${name} (${status}) has none of its functions: no settings are in force to compare with`,
      )
    }
    this.changes = this.judge(functions)
  }

  /** What was packaged goes out, tags included: osls ignores settings that are given now, and takes any stage for its own. */
  refuseOtherThanPackaged(template) {
    const prefix = `${this.serverless.getProvider('aws').naming.getStackName()}-`
    const [[functionName, packaged]] = Object.entries(this.settingsOfTemplate(template))
    if (!functionName.startsWith(prefix)) {
      throw this.refusal(
        `Nothing was deployed. --package ${this.options.package}: found ${functionName}, expected functions whose names begin with ${prefix}: deploy with the stage that it was packaged for`,
      )
    }
    const given = (this.options.param ?? []).map((one) => [one.split('=')[0], one.slice(one.indexOf('=') + 1).trim()])
    const to = { ...packaged, ...Object.fromEntries(given) }
    const changes = this.changesOf([{ functionName, from: packaged, to }])
    if (changes.length === 0) return
    const lines = changes.map(
      ({ setting, text }) =>
        `--param ${setting}: ${text}: the first is what was packaged, and goes out: package again with the second, or leave out this --param`,
    )
    throw this.refusal(['Nothing was deployed.', ...lines].join('\n'))
  }

  /** It sets the whole environment, from the configuration, and no tags. */
  compareFunction() {
    const { provider } = this.serverless.service
    const { name: functionName, environment } = this.options.functionObj
    const from = this.settingsOf(variablesOf(functionName, provider.remoteFunctionData.Configuration))
    this.judge([{ functionName, from, to: this.settingsOf({ ...provider.environment, ...environment }) }])
  }

  /**
   * Prints what changes.
   *
   * @throws where that must not happen
   */
  judge(functions) {
    const changes = this.changesOf(functions)
    if (changes.length > 0) this.log.notice('Settings that change:')
    for (const { text } of changes) this.log.notice('%s', `  ${text}`)
    const allowed = this.options.allow?.flatMap((names) => `${names ?? ''}`.split(',')).map((name) => name.trim()) ?? []
    const refusals = this.config().refusalsOf(changes, allowed)
    if (refusals.length > 0) throw this.refusal(['Nothing was deployed.', ...refusals].join('\n'))
    return changes
  }

  changesOf(functions) {
    const region = this.serverless.getProvider('aws').getRegion()
    const [partition] = Object.entries(regionsByPartition).find(([, one]) => one === region)
    return this.config().changedSettings(functions, this.defaults(), partition)
  }

  /**
   * CloudFormation compares templates, and leaves alone what they have in common: a setting that was edited by hand, or
   * by `deploy function`, stays where the template does not change it.
   *
   * @throws where a change that was told has not come about
   */
  async confirm() {
    if (!this.changes?.length) return
    const left = this.changesOf(await this.readFunctions(await readStack(this.serverless.getProvider('aws'))))
    if (left.length === 0) return
    const { functions } = this.serverless.service
    const idsOf = (names) => Object.keys(functions).filter((id) => names.includes(functions[id].name))
    throw this.refusal(
      left
        .map(({ text, functionNames }) => {
          const commands = idsOf(functionNames).map(
            (id) => `\`npx --no serverless deploy function --update-config --function ${id}\``,
          )
          return `${text}: this did not come about: it was set by hand, or by deploying a function alone, and CloudFormation changes only what differs between two templates. Type ${commands.join(' and ')} with the options of this deployment, or edit the environment by hand`
        })
        .join('\n'),
    )
  }

  /** Those that are deployed and stay. */
  async readFunctions({ tags }) {
    const functions = await Promise.all(
      Object.entries(this.outgoing).map(async ([functionName, to]) => {
        const variables = await readVariables(this.serverless.getProvider('aws'), functionName)
        return variables === undefined ? [] : [{ functionName, from: this.settingsOf(variables, tags), to }]
      }),
    )
    return functions.flat()
  }

  async earlierTemplate() {
    const { timestamp } = this.options
    const provider = this.serverless.getProvider('aws')
    const template = await readEarlierTemplate(provider, this.serverless.service.service, timestamp)
    if (template !== undefined) return template
    throw this.refusal(
      `--timestamp ${timestamp}: no deployment has that; \`npx --no serverless deploy list\` shows those that are there`,
    )
  }

  /** By the names of the functions. */
  settingsOfTemplate({ Resources }) {
    const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')
    const { stackTags } = this.serverless.service.provider
    return Object.fromEntries(
      functions.map(({ Properties: { FunctionName, Environment } }) => [
        FunctionName,
        this.settingsOf(Environment?.Variables ?? {}, stackTags),
      ]),
    )
  }

  settingsOf(variables, tags = {}) {
    const { tagsSetting, variableOf } = this.config()
    const settings = Object.keys(this.defaults()).flatMap((name) => {
      const value = variables[variableOf(name)]
      return value === undefined ? [] : [[name, `${value}`]]
    })
    return { ...Object.fromEntries(settings), tags: tagsSetting(tags) }
  }

  /** Compiled when it is first needed: most commands compare nothing. */
  config() {
    this.compiled ??= compileSources(this.serverless.serviceDir, ...SOURCES)
    return this.compiled
  }

  /** What a stack of an older version had before there was the setting. */
  defaults() {
    return this.serverless.configurationInput.params.default
  }
}
