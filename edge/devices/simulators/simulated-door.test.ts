import { expect, test } from 'vitest'
import { ManualTime } from '../testing/manual-time.ts'
import { inputTerminal, outputTerminal } from '../testing/terminals.ts'
import { createSimulatedDoor } from './simulated-door.ts'

function wiredDoor() {
  const time = new ManualTime()
  const strike = outputTerminal()
  const contact = inputTerminal()
  const exitButton = inputTerminal()
  return {
    time,
    strike,
    contact,
    exitButton,
    door: createSimulatedDoor({ strike, contact, exitButton, time }),
  }
}

test('somebody who waits goes through when the strike lets go, and the leaf closes behind', async () => {
  const { time, strike, contact, door } = wiredDoor()
  const entered = door.enter()
  strike.switch(true)
  expect(door.state).toBe('unlocked')
  time.advance(700)
  expect(door.state).toBe('open')
  expect(contact.closed).toBe(false)
  strike.switch(false)
  time.advance(2_000)
  expect(door.state).toBe('locked')
  expect(contact.changes).toEqual([true, false, true])
  expect(await entered).toBe(true)
})

test('a locked door stays closed and the person gives up', async () => {
  const { time, contact, door } = wiredDoor()
  const entered = door.enter(5_000)
  time.advance(5_000)
  expect(await entered).toBe(false)
  expect(contact.changes).toEqual([true])
})

test('a strike that locks again before anybody reacts lets nobody in', async () => {
  const { time, strike, door } = wiredDoor()
  const entered = door.enter()
  strike.switch(true)
  time.advance(300)
  strike.switch(false)
  time.advance(700)
  expect(await entered).toBe(false)
  expect(door.state).toBe('locked')
})

test('a forced door opens without a release', () => {
  const { time, contact, door } = wiredDoor()
  door.force()
  expect(door.state).toBe('forced')
  expect(contact.closed).toBe(false)
  time.advance(2_000)
  expect(door.state).toBe('locked')
})

test('a wedged door stays open until it is closed, and a locked one cannot be wedged', () => {
  const { time, strike, door } = wiredDoor()
  expect(door.holdOpen()).toBe(false)
  strike.switch(true)
  expect(door.holdOpen()).toBe(true)
  strike.switch(false)
  time.advance(600_000)
  expect(door.state).toBe('held_open')
  door.close()
  expect(door.state).toBe('locked')
})

test('the exit button is pressed before the leaf opens', () => {
  const { time, exitButton, contact, door } = wiredDoor()
  door.leave()
  expect(exitButton.closed).toBe(true)
  expect(contact.closed).toBe(true)
  time.advance(950)
  expect(exitButton.closed).toBe(false)
  expect(door.state).toBe('open')
})
