import { test } from 'tap'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import { policyPlace } from '#policy/rules/policy-file.js'

test('refuses what is not understood in conditions, with its place', (t) => {
  const cases: [conditions: unknown, place: string, why: RegExp][] = [
    [{ total: { $foo: 1 } }, 'conditions.total.$foo', /not an operator that is known; there are \$eq, /],
    [{ $foo: [] }, 'conditions.$foo', /not an operator that is known/],
    [{ $where: 'true' }, 'conditions.$where', /not an operator that is known/],
    [{ total: { constructor: 1 } }, 'conditions.total.constructor', /not an operator that is known/],
    [{ id: { $regex: '^(a+)+$' } }, 'conditions.id.$regex', /refused.*\$in/],
    [{ $or: [{ id: 'a' }, { id: { $not: { $regex: 'a' } } }] }, 'conditions.$or[1].id.$not.$regex', /refused/],
    [{ $not: { id: 'a' } }, 'conditions.$not', /use \$nor/],
    [{ $gt: 5 }, 'conditions.$gt', /cannot stand here/],
    [{ id: { $and: [] } }, 'conditions.id.$and', /cannot stand here/],
    [{ $and: [] }, 'conditions.$and', /at least one/],
    [{ $or: {} }, 'conditions.$or', /at least one/],
    [{ $nor: ['a'] }, 'conditions.$nor[0]', /at least one member/],
    [{ $and: [{}] }, 'conditions.$and[0]', /at least one member/],
    [{ total: {} }, 'conditions.total', /at least one member/],
    [{ total: { $gt: 1, city: 'a' } }, 'conditions.total.city', /not an operator/],
    [
      { creator: { role: { $ne: 'guest' } } },
      'conditions.creator.role',
      /write the whole path, as in "creator.role": {"\$ne": "guest"}\.$/,
    ],
    [{ a: { b: { c: 5 } } }, 'conditions.a.b', /write the whole path, as in "a.b.c": 5\.$/],
    [{ items: { $elemMatch: { a: { b: [1] } } } }, 'conditions.items.$elemMatch.a.b', /write the whole path, as in "a.b": \.\.\.\.$/],
    [{ total: { $eq: { $ne: null } } }, 'conditions.total.$eq', /must be a string/],
    [{ total: [1, 2] }, 'conditions.total', /must be a string/],
    [{ total: { $gt: true } }, 'conditions.total.$gt', /a string or a number/],
    [{ total: { $gt: null } }, 'conditions.total.$gt', /a string or a number/],
    [{ total: { $in: 5 } }, 'conditions.total.$in', /list/],
    [{ total: { $in: [1, [2]] } }, 'conditions.total.$in[1]', /must be a string/],
    [{ total: { $in: ['a', 2 ** 53] } }, 'conditions.total.$in[1]', /beyond 2\^53.*write it as a string/],
    [{ total: Infinity }, 'conditions.total', /beyond 2\^53/],
    [{ total: { $size: -1 } }, 'conditions.total.$size', /whole number/],
    [{ total: { $size: '${user.n}' } }, 'conditions.total.$size', /whole number/],
    [{ total: { $exists: 1 } }, 'conditions.total.$exists', /true or false/],
    [{ total: { $all: '${user.list}' } }, 'conditions.total.$all', /list/],
    [{ total: { $all: [] } }, 'conditions.total.$all', /at least one/],
    [{ total: { $not: 5 } }, 'conditions.total.$not', /at least one member/],
    [{ items: { $elemMatch: {} } }, 'conditions.items.$elemMatch', /at least one member/],
    [{ items: { $elemMatch: { $or: [] } } }, 'conditions.items.$elemMatch.$or', /around the \$elemMatch/],
    [{ items: { $elemMatch: { $gt: 1, sku: 'a' } } }, 'conditions.items.$elemMatch.sku', /not an operator/],
    [{ 'items.0.sku': 'a' }, 'conditions["items.0.sku"]', /no path of field names/],
    [{ '': 'a' }, 'conditions[""]', /no path of field names/],
    [{ 'a.*': 'a' }, 'conditions["a.*"]', /no path of field names/],
    [{ '${user.field}': 'a' }, 'conditions["${user.field}"]', /no path of field names/],
    [{ constructor: 'a' }, 'conditions.constructor', /a name that conditions cannot ask for/],
    [JSON.parse('{"__proto__": {"$ne": 1}}'), 'conditions.__proto__', /a name that conditions cannot ask for/],
    [{ id: 'a${user.x}b' }, 'conditions.id', /fills a whole value/],
    [{ id: { $in: ['${user.x} '] } }, 'conditions.id.$in[0]', /fills a whole value/],
    [{ id: '${env.x}' }, 'conditions.id', /fills a whole value/],
    [{ id: '${user.org || user.id}' }, 'conditions.id', /fills a whole value/],
    [{ id: '${user.org.}' }, 'conditions.id', /fills a whole value/],
    [{ id: '${user..org}' }, 'conditions.id', /fills a whole value/],
    [{ id: '${user.}' }, 'conditions.id', /fills a whole value/],
  ]
  for (const [conditions, place, why] of cases) {
    t.throws(() => parseCondition(conditions, policyPlace.member('conditions')), { name: 'ConfigurationError', message: why }, place)
    t.match(refusalOf(conditions), `The policy's ${place} `)
  }
  t.end()
})

test('refuses conditions that are nested without end before they are followed', (t) => {
  let conditions: unknown = { id: 'a' }
  for (let i = 0; i < 100_000; i++) conditions = { $and: [conditions] }
  t.match(refusalOf(conditions), /nested deeper than 16/)
  t.end()
})

test('accepts every operator', (t) => {
  const conditions = {
    ...{ a: 'x', b: 1, c: null, d: { $eq: true }, e: { $ne: '${user.x}' }, f: { $gt: 1, $lte: '2' }, g: { $gte: '${user.x}', $lt: -0.5 } },
    ...{ h: { $in: ['a', '${user.x}', null] }, i: { $nin: '${user.list}' }, j: { $all: [1] }, k: { $size: 2 }, l: { $exists: false } },
    ...{
      'm.n': { $elemMatch: { 'o.p': { $not: { $gt: 5 } }, q: 1 } },
      r: { $elemMatch: { $gt: 5 } },
      s: '${user.https://acme.example/region}',
      u: '${user.resource_access.web.shop.tenant}',
    },
    ...{ $and: [{ t: 1 }, { $or: [{ t: 2 }, { $nor: [{ t: 3 }] }] }] },
  }
  const paths = parseCondition(conditions, policyPlace.member('conditions')).paths
  t.same([...paths].sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm.n', 'm.n.o.p', 'm.n.q', 'r', 's', 't', 'u'])
  const condition = { 'order-status': 'a', 'two words.2nd': { $ne: 1 }, 'order.$status': 'open' }
  t.same(parseCondition(condition, policyPlace).paths, Object.keys(condition))
  t.throws(() => parseCondition({ $status: 'open' }, policyPlace), /\$status is not an operator that is known/)
  t.end()
})

function refusalOf(conditions: unknown): string {
  try {
    parseCondition(conditions, policyPlace.member('conditions'))
    return 'not refused'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
