import { InvalidArgumentError, type Command } from 'commander'
import * as v from 'valibot'
import { type BrokerConfig, readBrokerConfig } from '#config/broker-config.js'
import { Environment } from '#config/environment.js'
import { readTextFile } from '#config/text-file.js'
import { allowedValues, valueSchema } from '#config/variable-value.js'
import { variables } from '#config/variables.js'
import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { sharedSasl } from '#kafka/login/kafka-sasl.js'
import { openLog } from '#logging/open-log.js'
import type { Terminal } from './terminal.js'
import { WrongUseError } from './wrong-use-error.js'

/** The variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>

export interface BrokerOptions {
  readonly brokers?: string
}

export const brokerHelp = `
TLS and SASL are taken from the environment, as the gateway takes them: the variables that begin with KAFKA_TLS and KAFKA_SASL.
`

export function addBrokerOption(command: Command): Command {
  return command.option('--brokers <list>', 'with commas between them, instead of KAFKA_BROKERS', brokersOf)
}

/** @throws WrongUseError where nobody says where the brokers are, ConfigurationError where a login or a file cannot be used. */
export function environmentOf({ brokers }: BrokerOptions, values: Variables): Environment {
  const given = brokers === undefined ? values : { ...values, KAFKA_BROKERS: brokers }
  const environment = new Environment(given, readTextFile)
  if (!environment.isSet('KAFKA_BROKERS')) throw new WrongUseError('The brokers (--brokers or KAFKA_BROKERS) are not set.')
  if (!areBrokers(given.KAFKA_BROKERS!.trim()))
    throw new WrongUseError(`The brokers (KAFKA_BROKERS) must be ${allowedValues(variables.KAFKA_BROKERS)}.`)
  return environment
}

/** How the brokers of the environment are reached. @throws ConfigurationError */
export function brokerLink(environment: Environment, { clock }: Terminal): KafkaLinkOptions {
  const config: BrokerConfig = readBrokerConfig(environment)
  const { log } = openLog('silent', clock)
  return { ...config, sasl: sharedSasl(config.sasl, clock, log), clock, log }
}

/** Checked here, so that the error names the option that was given. */
function brokersOf(text: string): string {
  if (!areBrokers(text)) throw new InvalidArgumentError(`It must be ${allowedValues(variables.KAFKA_BROKERS)}.`)
  return text
}

function areBrokers(text: string): boolean {
  return v.is(valueSchema(variables.KAFKA_BROKERS), text)
}
