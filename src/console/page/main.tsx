import { render } from 'preact'
import './printed-text.js'
import { App } from './app.js'
import { beginSession } from './session.js'
import './style.css'
import './operation.css'

void beginSession()
render(<App />, document.body)
