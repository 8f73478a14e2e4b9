import { actPageSchema } from '@gatehouse/shared/api/audit-view'
import { creditsSchema, myCreditsAnswerSchema } from '@gatehouse/shared/api/credits-view'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loseAnswer } from '../http/testing/lose-answer.ts'
import { type Answer, type Caller, hourMs, startMs } from '../http/testing/test-cloud.ts'
import { LoanWorld } from '../loans/testing/loan-world.ts'

let lending: LoanWorld
let hana: Caller
let mia: Caller
beforeAll(async () => {
  lending = await LoanWorld.start()
  hana = await lending.world.as('hana')
  mia = await lending.world.as('mia')
})
afterAll(() => lending?.close())

const credits = (answer: Answer) => creditsSchema.parse(answer.body)
const list = async (caller: Caller) => credits(await caller.get('/api/v1/hq/credits'))
const gift = {
  ...{ memberId: 'mb-anna', operatorId: 'demo', currency: 'EUR', amountMinor: 5_000 },
  ...{ fromMs: startMs, expiresMs: startMs + 48 * hourMs, reason: 'gift', promotional: true },
}
const fund = (change: object = {}, by = hana) =>
  by.post('/api/v1/hq/credits', { ...gift, ...change }, lending.key())
const verb = (bucketId: string, name: string, body: object, by = hana) =>
  by.post(`/api/v1/hq/credits/${bucketId}/${name}`, body, lending.key())

const actsOf = (bucketId: string) =>
  lending.rows(`SELECT seq FROM admin_acts WHERE record::jsonb -> 'subject' ->> 'id' = $1`, bucketId)

async function funded(change: object = {}): Promise<string> {
  const before = new Set((await list(hana)).items.map(({ bucketId }) => bucketId))
  const { items } = credits(await fund(change))
  return items.find(({ bucketId }) => !before.has(bucketId))?.bucketId ?? expect.fail('not funded')
}

describe('HQ', () => {
  it('reads in the audit whose credits an act was about', async () => {
    const bucketId = await funded()
    const acts = await hana.get('/api/v1/hq/audit?act=credits.funded')
    const { items } = actPageSchema.parse(acts.body)
    expect(items.find(({ subject }) => subject.id === bucketId)?.subjectName).toBe('Anna')
  })

  it('gives, moves, asks back and lets overdraw, and sees where everything is and what it risks', async () => {
    const bucketId = await funded()
    await verb(bucketId, 'move', { siteId: 'north', amountMinor: 3_000 })
    await verb(bucketId, 'overdraft', { siteId: 'north', overdraftMinor: 700 })
    const after = credits(await verb(bucketId, 'ask-back', { siteId: 'north', amountMinor: 1_000 }))
    expect(after.items.find((item) => item.bucketId === bucketId)).toMatchObject({
      ...{ memberName: 'Anna', state: 'running', fundedMinor: 5_000, cloudMinor: 2_000 },
      sites: [
        {
          ...{ siteId: 'north', atSiteMinor: 3_000, unconfirmedMinor: 3_000, askedBackMinor: 1_000 },
          ...{ overdraftMinor: 700, drawnMinor: 0, isLost: false },
        },
      ],
    })
    expect(after.exposure).toMatchObject([
      { siteId: 'north', currency: 'EUR', limitMinor: 700, usedMinor: 0, unconfirmedMinor: 3_000 },
    ])
    expect(after.members.map(({ id }) => id)).toContain('mb-anna')
  })

  it('moves the same once, however often the request is sent', async () => {
    const bucketId = await funded()
    const key = lending.key()
    for (const _ of [1, 2])
      await hana.post(`/api/v1/hq/credits/${bucketId}/move`, { siteId: 'north', amountMinor: 3_000 }, key)
    const item = (await list(hana)).items.find((one) => one.bucketId === bucketId)
    expect(item?.cloudMinor).toBe(2_000)
  })

  it.each([
    ['move', { amountMinor: 2_000 }],
    ['ask-back', { amountMinor: 500 }],
    ['overdraft', { overdraftMinor: 700 }],
  ])('does one %s of a key, also when the process died before it answered', async (name, body) => {
    const bucketId = await funded()
    await verb(bucketId, 'move', { siteId: 'north', amountMinor: 1_000 })
    const key = lending.key()
    const ask = () => hana.post(`/api/v1/hq/credits/${bucketId}/${name}`, { siteId: 'north', ...body }, key)
    const first = await ask()
    await loseAnswer(lending.world.cloud.pool, key)
    const again = await ask()
    expect([first.status, again.status]).toEqual([200, 200])
    expect(credits(again).items).toEqual(credits(first).items)
    expect(await actsOf(bucketId)).toHaveLength(3)
  })

  it('gives once for a key, also when the process died before it answered', async () => {
    const key = lending.key()
    const first = await hana.post('/api/v1/hq/credits', gift, key)
    await loseAnswer(lending.world.cloud.pool, key)
    const again = await hana.post('/api/v1/hq/credits', gift, key)
    expect(again.status).toBe(200)
    expect(credits(again).items).toEqual(credits(first).items)
  })

  it.each([
    ['more than there is', 'move', { siteId: 'north', amountMinor: 5_001 }, 409, 'credits_insufficient'],
    ['back what is not there', 'ask-back', { siteId: 'north', amountMinor: 1 }, 409, 'credits_insufficient'],
    ['nothing', 'move', { siteId: 'north', amountMinor: 0 }, 422, 'invalid_request'],
    ['half a cent', 'move', { siteId: 'north', amountMinor: 0.5 }, 422, 'invalid_request'],
    ['to a site that nobody runs', 'move', { siteId: 'south', amountMinor: 1 }, 409, 'site_not_enrolled'],
    ['to nowhere', 'move', { siteId: 'nowhere', amountMinor: 1 }, 422, 'site_of_another_operator'],
    ['an overdraft below zero', 'overdraft', { siteId: 'north', overdraftMinor: -1 }, 422, 'invalid_request'],
  ])('is refused to move %s', async (_what, name, body, status, code) => {
    expect(await verb(await funded(), name, body)).toMatchObject({ status, body: { code } })
  })

  it.each([
    ['nobody', { memberId: 'mb-nobody' }, 404, 'unknown_member'],
    ['for no operator', { operatorId: 'nobody' }, 404, 'unknown_operator'],
    ['what is over', { fromMs: 1, expiresMs: 2 }, 410, 'credits_expired'],
    ['what ends before it begins', { expiresMs: startMs - 1 }, 422, 'reversed'],
    ['as if a site had told', { reason: 'told_by_site' }, 422, 'invalid_request'],
  ])('is refused to give %s', async (_what, change, status, code) => {
    expect(await fund(change)).toMatchObject({ status, body: { code } })
  })

  it('reads page by page, each bucket once, and of one member', async () => {
    for (const promotional of [true, false, true]) await funded({ promotional })
    const page = async (query: string) => credits(await hana.get(`/api/v1/hq/credits?${query}`))
    const whole = (await page('limit=200')).items.map(({ bucketId }) => bucketId)
    const seen: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { items, nextCursor } = await page(`limit=3${cursor && `&cursor=${cursor}`}`)
      seen.push(...items.map(({ bucketId }) => bucketId))
      cursor = nextCursor
    }
    expect(seen).toEqual(whole)
    expect(seen.length).toBeGreaterThan(6)
    expect((await page('member=mb-anna&limit=200')).items).toHaveLength(whole.length)
    expect((await page('member=mb-ben')).items).toEqual([])
    expect(await hana.get('/api/v1/hq/credits?cursor=nonsense')).toMatchObject({ status: 422 })
  })

  it('takes the list as a file without names', async () => {
    const { text } = await hana.get('/api/v1/hq/credits?format=csv')
    expect(text).toContain('mb-anna')
    expect(text).not.toContain('Anna')
  })
})

describe('others', () => {
  it('a site manager sees the shares of their sites and moves nothing', async () => {
    const [bucketId, elsewhere] = [await funded(), await funded()]
    await verb(bucketId, 'move', { siteId: 'north', amountMinor: 100 })
    const seen = await list(mia)
    expect(seen.mayMove).toBe(false)
    expect([seen.members, seen.sites]).toEqual([[], []])
    const ids = seen.items.map((item) => item.bucketId)
    expect([ids.includes(bucketId), ids.includes(elsewhere)]).toEqual([true, false])
    const body = { siteId: 'north', amountMinor: 1 }
    expect((await verb(bucketId, 'move', body, mia)).status).toBe(403)
    expect((await fund({}, mia)).status).toBe(403)
  })

  it('a member sees what is theirs, and what of it can be spent at a site without the cloud', async () => {
    const bucketId = await funded({ memberId: 'mb-ben', amountMinor: 900 })
    await funded({ memberId: 'mb-ben', fromMs: startMs + hourMs })
    await verb(bucketId, 'move', { siteId: 'north', amountMinor: 400 })
    const { items } = myCreditsAnswerSchema.parse((await lending.ben.get('/api/v1/me/credits')).body)
    expect(items).toMatchObject([
      {
        ...{ currency: 'EUR', totalMinor: 900 },
        nextExpiry: { expiresMs: gift.expiresMs, amountMinor: 900 },
        sites: [{ siteId: 'north', amountMinor: 400 }],
      },
    ])
    expect((await lending.ben.get('/api/v1/hq/credits')).status).toBe(403)
    expect((await lending.world.stranger().get('/api/v1/me/credits')).status).toBe(401)
  })
})
