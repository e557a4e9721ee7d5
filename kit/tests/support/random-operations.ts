/** What a selection of this type may ask for: `name(arguments): type of what it selects from`. */
const fields: Readonly<Record<string, readonly string[]>> = {
  Query: [
    'thing(kind: KIND): Thing',
    'things(count: COUNT): Thing',
    'nodes: Node',
    'lateNodes: Node',
    'any: Any',
    'strict: Thing',
    'matrix: Thing',
    'echo(input: INPUT)',
    '_entities(representations: $refs): _Entity',
  ],
  // biome-ignore format: leaves, then what has fields
  Thing: [
    'id', 'name', 'size', 'at', 'color', 'late', 'method', 'broken', 'brokenLate', 'needed', 'neededLate', 'odd',
    'tags', '__typename', 'loud(times: COUNT)',
    'self: Thing', 'lateSelf: Thing', 'sure: Thing', 'others(count: COUNT): Other', 'lateOthers: Other',
    'holes: Other', 'sureHoles: Other', 'node: Node',
  ],
  Other: ['id', 'label', 'broken', '__typename', 'thing: Thing'],
  Node: ['id', '__typename'],
  Any: ['__typename'],
  _Entity: ['__typename'],
}
const fieldShape = /^(?<name>\w+)(?<given>\(.*\))?(?:: (?<of>\w+))?$/

/** Types that a fragment on a type may be on. */
const within: Readonly<Record<string, readonly string[]>> = {
  Thing: ['Thing', 'Node'],
  Other: ['Other', 'Node'],
  Node: ['Thing', 'Other', 'Node'],
  Any: ['Thing', 'Other', 'Node'],
  _Entity: ['Thing', 'Other', 'Node'],
}

const head =
  'query ($kind: String = "thing", $count: Int, $yes: Boolean!, $no: Boolean = false, $input: EchoInput, $refs: [_Any!]!)'

/** One operation with the variables to run it with. */
export interface RandomOperation {
  query: string
  variables: Record<string, unknown>
}

/** An operation of aliases, fragments, `@skip`, `@include`, variables and whatever the toy schema can do wrong. */
export function randomOperation(random: () => number): RandomOperation {
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <Item>(list: readonly Item[]) => list[below(list.length)] as Item
  const fragments: string[] = []
  let aliases = 0

  const directive = (): string =>
    random() < 0.8 ? '' : ` @${pick(['skip', 'include'])}(if: ${pick(['true', 'false', '$yes', '$no'])})`
  const field = (type: string, depth: number): string => {
    const usable = (fields[type] ?? []).filter(
      (text) => depth > 0 || !text.includes(': ') || text.endsWith(')'),
    )
    const { name = '__typename', given = '', of } = fieldShape.exec(pick(usable))?.groups ?? {}
    const values = given
      .replace('KIND', pick(['"thing"', '"gone"', '"fails"', '"failsLate"', '$kind']))
      .replace('COUNT', pick(['0', '2', '3', '$count']))
      .replace('INPUT', pick(['{ text: "a" }', '{ text: $kind, list: [1, $count] }', '$input']))
    // Two fields of one name must be alike in arguments and selection, so those that have any get a name of their own.
    const alias = given || of || random() < 0.3 ? `a${aliases++}: ` : ''
    return `${alias}${name}${values}${directive()}${of ? ` ${selection(of, depth - 1)}` : ''}`
  }
  const fragment = (type: string, depth: number): string => {
    const target = pick(within[type] ?? [type])
    const body = selection(target, depth - 1)
    if (random() < 0.5) return `... on ${target}${directive()} ${body}`
    const name = `F${fragments.length}`
    fragments.push(`fragment ${name} on ${target} ${body}`)
    return `...${name}${directive()}${random() < 0.3 ? ` ...${name}` : ''}`
  }
  const selection = (type: string, depth: number): string => {
    const parts = Array.from({ length: 1 + below(4) }, () =>
      depth > 0 && random() < 0.3 ? fragment(type, depth) : field(type, depth),
    )
    return `{ ${parts.join(' ')} }`
  }

  const maybe = <Value>(name: string, value: Value) => (random() < 0.5 ? { [name]: value } : {})
  const body = selection('Query', 3)
  return {
    query: [`${head} ${body}`, ...fragments].join('\n'),
    variables: {
      yes: random() < 0.5,
      refs: ['1', 'gone', 'fails'].map((id, no) => ({ __typename: no === 1 ? 'Other' : 'Thing', id })),
      ...maybe('kind', pick(['thing', 'gone', 'fails', null])),
      ...maybe('count', pick([0, 1, 2, null])),
      ...maybe('no', random() < 0.5),
      ...maybe('input', { text: 'v', list: [7] }),
    },
  }
}
