import { describe, expect, it } from 'vitest'
import { minorOf, moneyOf } from '../money.ts'

describe('money', () => {
  it.each([
    ['12.50', 'EUR', 1250],
    ['12.5', 'EUR', 1250],
    ['12.500', 'EUR', 1250],
    ['0', 'CHF', 0],
    ['-0', 'CHF', 0],
    ['-3.05', 'USD', -305],
    ['5000', 'JPY', 5000],
    ['1.234', 'KWD', 1234],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %i of the smallest unit', (amount, currency, amountMinor) => {
    expect(minorOf({ amount, currency })).toEqual({ amountMinor, currency })
  })

  it.each([
    ['12.505', 'EUR'],
    ['0.5', 'JPY'],
    ['1', 'XYZ'],
    ['1', 'eur'],
    ['', 'EUR'],
    ['1,50', 'EUR'],
    ['1e3', 'EUR'],
    ['90071992547409.92', 'EUR'],
  ])('%s %s is no amount', (amount, currency) => {
    expect(minorOf({ amount, currency })).toBeNull()
  })

  it.each([
    [1250, 'EUR', '12.50'],
    [5, 'EUR', '0.05'],
    [-5, 'EUR', '-0.05'],
    [0, 'EUR', '0.00'],
    [5000, 'JPY', '5000'],
    [1, 'KWD', '0.001'],
  ])('%i of %s is shown as %s', (amountMinor, currency, amount) => {
    expect(moneyOf({ amountMinor, currency })).toEqual({ amount, currency })
  })
})
