/** What the law calls personal data, by the names that fields have for it. A bare `name` or `address` is as often of a thing as of a person. */
const personal = [
  // What is sent by mail, and what a voice mail says, is no address.
  ...['e_?mails?', '(?<!(by|per|via|voice)_)mail(?!_)', 'mail_address'],
  ...['phones?', 'telephones?', 'mobiles?', 'fax', 'street', 'post_?code', 'postal_code', 'zip', 'zip_?code', 'home_address'],
  ...['first_?name', 'last_?name', 'full_?name', 'family_name', 'given_name', 'maiden_name', 'surname'],
  ...['birth(_?(day|date|place|year))?', 'born_on', 'born_at', 'dob', 'gender', 'nationality', 'religion'],
  ...['iban(_?code)?', 'bic(_?code)?', 'account_?(number|no)', 'bank_?accounts?', 'card_?(number|no)', 'credit_?card', 'cvc', 'cvv'],
  ...['tax_?(id|number|no)', 'vat_?(id|number|no)', 'ssn', 'social_security', 'national_?id'],
  ...['passport', 'id_card', 'driving_licen[cs]e', 'licen[cs]e_plate', 'ip', 'ip_address', 'mac_address', 'device_id'],
  ...['latitude', 'longitude', 'lat', 'lng', 'lon', 'geo_?location', 'password', 'secret', 'diagnosis', 'salary'],
]

/** At the end alone: `billing_email` holds one, `email_verified` and `phone_calls_count` do not. */
const pattern = new RegExp(`(^|_)(${personal.join('|')})(_(address|number|no|text))?$`)

/** Whether a field of this name surely says something of a person. */
export function looksPersonal(field: string): boolean {
  return pattern.test(field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}
