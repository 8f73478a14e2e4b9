import { describe, expect, test } from 'vitest'
import { handlerPattern, isLogged } from './refused-request.ts'

describe('a refused request', () => {
  test.each([
    { status: 400, path: '/api/v1/bookings' },
    { status: 503, path: '/sync/v1/upload' },
  ])('gets a line: $status $path', (request) => {
    expect(isLogged(request)).toBe(true)
  })

  test.each([
    { status: 200, path: '/api/v1/bookings' },
    { status: 401, path: '/api/v1/bookings' },
    { status: 404, path: '/api/v1/nowhere' },
    { status: 429, path: '/api/v1/bookings' },
    { status: 503, path: '/readyz' },
    { status: 500, path: '/apishop' },
  ])('gets none: $status $path', (request) => {
    expect(isLogged(request)).toBe(false)
  })

  test('is named by the pattern of its handler, not by those of middleware', () => {
    const paths = ['/*', '/api/v1/*', '/api/v1/bookings/:id', '/api/*']
    expect(handlerPattern(paths.map((path) => ({ path })))).toBe('/api/v1/bookings/:id')
    expect(handlerPattern([{ path: '/*' }])).toBe('*')
  })
})
