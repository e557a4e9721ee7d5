// npm start: the whole house in one process, on an embedded database unless DATABASE_URL names another.
import { readConfig } from '@guildhall/kit/config'
import { mailTransportFrom } from '@guildhall/kit/mail/transport-from'
import { vaultFrom } from '@guildhall/kit/vault'
import { seedDemoData } from './demo/seed.ts'
import { demoLogin } from './demo/world.ts'
import { dataSecrets } from './house/data-secret.ts'
import { openOwnDatabase } from './house/database.ts'
import { mailFolderOf, mailsGo } from './house/mail-folder.ts'
import { openHouse } from './house/open-house.ts'
import { portProblem, refuseTakenPort } from './house/port.ts'
import { runProcess } from './house/process.ts'
import { processSight } from './house/process-sight.ts'
import { routerTuning } from './house/router-tuning.ts'

const startedAt = performance.now()
const say = (line: string) => console.log(`  ${line}`)

await runProcess(async () => {
  // A person watches this terminal: warnings are enough unless asked for more.
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env })
  console.log('Guildhall')
  await refuseTakenPort(config.PORT, config.HOST)
  const database = await openOwnDatabase(config, say)
  try {
    say('opening the domains')
    const sight = await processSight(config, 'guildhall', true)
    const { log } = sight
    const mailFolder = mailFolderOf(config, database.folder)
    let seeding = config.DEMO_DATA === '1'
    const house = await openHouse({
      ...sight.eyes,
      databaseUrl: database.url,
      publicUrl: config.PUBLIC_URL,
      ...routerTuning(config),
      externalIssuers: config.OIDC_ISSUERS,
      log,
      preparations: () => (seeding ? ['the demo world is being written'] : []),
      vault: vaultFrom({ ...config, ...dataSecrets(config, database.folder) }),
      mail: mailTransportFrom({ ...config, MAIL_FOLDER: mailFolder }, log),
    })
    const { port } = await house.router
      .listen(config.PORT, config.HOST)
      .catch((error: NodeJS.ErrnoException) => {
        throw portProblem(error, config.PORT)
      })
    const url = `http://localhost:${port}`
    if (seeding) await seedDemoData(url, database.url, say)
    seeding = false
    await sight.open(house.router.health)
    welcome(url, config.DEMO_DATA === '1', mailsGo(config.SMTP_URL, mailFolder))
    return {
      close: async () => {
        console.log('\n  stopping')
        await house.close()
        await sight.close()
        await database.stop()
      },
    }
  } catch (error) {
    await database.stop()
    throw error
  }
})

function welcome(url: string, withDemo: boolean, mails: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`\n  Ready in ${seconds} s.\n`)
  console.log(`  GraphQL        ${url}/graphql   (HTTP and WebSocket)`)
  console.log(`  Apollo Sandbox ${url}/`)
  console.log(`  Offline IDE    ${url}/explore`)
  console.log(`  Health         ${url}/health/ready`)
  console.log(`  Mails          ${mails}`)
  if (withDemo) console.log(`\n  Demo login     ${demoLogin.email}  ${demoLogin.password}`)
  console.log('\n  Stop with Ctrl-C.')
}
