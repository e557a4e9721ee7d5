/** An amount as the API knows it, see `Money` in `schema/common.graphql`. */
export interface Money {
  amount: string
  currency: string
}

/** An amount as it is kept: whole numbers of the smallest unit, so that sums are exact. */
export interface MinorMoney {
  amountMinor: number
  currency: string
}

/** The same amount in the smallest unit; null when the currency is none, or has no such unit, or the amount is too large. */
export function minorOf({ amount, currency }: Money): MinorMoney | null {
  const digits = digitsOf(currency)
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? []
  if (digits === null || whole === '' || /[1-9]/.test(fraction.slice(digits))) return null
  const minor = Number(`${sign}${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  return Number.isSafeInteger(minor) ? { amountMinor: minor === 0 ? 0 : minor, currency } : null
}

/** An amount as it is shown: with the decimal places of its currency. */
export function moneyOf({ amountMinor, currency }: MinorMoney): Money {
  const digits = digitsOf(currency) ?? 0
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  const at = text.length - digits
  const amount = digits === 0 ? text : `${text.slice(0, at)}.${text.slice(at)}`
  return { amount: amountMinor < 0 ? `-${amount}` : amount, currency }
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** Decimal places of an ISO 4217 currency; null for what is none. */
function digitsOf(currency: string): number | null {
  if (!currencies.has(currency)) return null
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}
