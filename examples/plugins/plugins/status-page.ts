/** plugin/http-server: an app answers paths of its own; all others go on to the gateway. */
import { defineServerPlugin } from 'cuttle/plugins'
import { Hono } from 'hono'

export default defineServerPlugin(() => new Hono().get('/status', (c) => c.html('<h1>Up</h1>')))
