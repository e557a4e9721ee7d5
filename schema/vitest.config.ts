import shared from '../vitest.shared.ts'

/** As everywhere, but without a database server: composing needs none. */
export default { ...shared, test: { ...shared.test, globalSetup: [] } }
