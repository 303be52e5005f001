import { mount } from 'svelte'
import Order from './order.svelte'

mount(Order, { target: document.body, props: { id: 'order-1001' } })
