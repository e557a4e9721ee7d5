// npm run start:split: as npm start, but every domain and the router is a process of its own.
import { readConfig } from '@guildhall/kit/config'
import { seedDemoData } from './demo/seed.ts'
import { dataSecrets, dataSecretVariables } from './house/data-secret.ts'
import { openOwnDatabase } from './house/database.ts'
import { mailFolderOf, mailsGo } from './house/mail-folder.ts'
import { openSplitHouse } from './house/open-split-house.ts'
import { refuseTakenPort } from './house/port.ts'
import { runProcess } from './house/process.ts'

const say = (line: string) => console.log(`  ${line}`)

await runProcess(async () => {
  const config = readConfig()
  console.log('Guildhall, split')
  await refuseTakenPort(config.PORT, config.HOST)
  const database = await openOwnDatabase(config, say)
  try {
    say('starting one process per domain')
    const mailFolder = mailFolderOf(config, database.folder)
    const house = await openSplitHouse({
      databaseUrl: database.url,
      port: config.PORT,
      ...(config.METRICS_PORT ? { metricsPorts: config.METRICS_PORT } : {}),
      environment: {
        ...dataSecretVariables(dataSecrets(config, database.folder)),
        MAIL_FOLDER: mailFolder ?? '',
      },
    })
    if (config.DEMO_DATA === '1') await seedDemoData(house.url, database.url, say)
    for (const [name, { pid }] of house.processes) say(`${name} runs as process ${pid}`)
    console.log(
      `\n  Ready: ${house.url}/graphql\n  Mails: ${mailsGo(config.SMTP_URL, mailFolder)}\n  Stop with Ctrl-C.`,
    )
    return {
      close: async () => {
        await house.close()
        await database.stop()
      },
    }
  } catch (error) {
    await database.stop()
    throw error
  }
})
