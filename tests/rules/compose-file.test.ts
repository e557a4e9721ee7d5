import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/sources.ts'

const file = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8')
const domains = readdirSync(path.join(root, 'subgraphs'))

it.each(domains)('docker-compose.yml runs %s, and the router waits for it', (domain) => {
  expect(file).toContain(`environment: { <<: *domain, SUBGRAPHS: ${domain} }`)
  expect(file).toContain(`      ${domain}: { condition: service_healthy }`)
})
