// Loaded before osls (NODE_OPTIONS): writes the name of each call that it makes by the AWS SDK into the file that
// RECORDED_CALLS names, one a line, such as S3:PutObject; and says with each call what a proxy that ends TLS would say,
// since the deployment bucket's policy denies what does not come over TLS, and the local AWS speaks plain HTTP.
const { appendFileSync } = require('node:fs')
const { STSClient } = require('@aws-sdk/client-sts')

/** What all clients of the SDK are made of. */
const Client = Object.getPrototypeOf(STSClient)
const { send } = Client.prototype
Client.prototype.send = function (command, ...rest) {
  const call = command.constructor.name.replace(/Command$/, '')
  appendFileSync(process.env.RECORDED_CALLS, `${this.config.serviceId}:${call}\n`)
  this.middlewareStack.add(pretendTls, { step: 'build', name: 'pretendTls', override: true })
  return send.call(this, command, ...rest)
}

function pretendTls(next) {
  return (args) => {
    args.request.headers['x-forwarded-proto'] = 'https'
    return next(args)
  }
}
