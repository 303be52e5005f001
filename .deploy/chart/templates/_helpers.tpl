{{- define "sluice.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Of the pod of helm test, which the services must not find. */}}
{{- define "sluice.testLabels" -}}
app.kubernetes.io/component: test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* A setting as the environment has it: YAML makes true of on, and 5.36870912e+08 of a large number. */}}
{{- define "sluice.text" -}}
{{- if kindIs "bool" . }}{{ ternary "on" "off" . }}{{ else if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- define "sluice.policyMap" -}}
{{- if .Values.policy.inline }}{{ include "sluice.name" . }}-policy{{ else }}{{ .Values.policy.existingConfigMap }}{{ end }}
{{- end }}

{{- define "sluice.entitiesMap" -}}
{{- if .Values.entities.inline }}{{ include "sluice.name" . }}-entities{{ else }}{{ .Values.entities.existingConfigMap }}{{ end }}
{{- end }}

{{- define "sluice.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "sluice.name" .) }}
{{- end }}

{{/* The process is given its drain and its end, and some seconds more before it is killed. */}}
{{- define "sluice.graceSeconds" -}}
{{- $ms := add (include "sluice.text" .Values.config.DRAIN_MS | int64) (include "sluice.text" .Values.config.SHUTDOWN_TIMEOUT_MS | int64) }}
{{- add (div (add $ms 999) 1000) 10 }}
{{- end }}

{{/* Types are filled one after the other. */}}
{{- define "sluice.startupSeconds" -}}
{{- if .Values.startupSeconds }}{{ int64 .Values.startupSeconds }}
{{- else }}
{{- $types := 1 }}
{{- if .Values.entities.inline }}{{ $types = len (fromJson .Values.entities.inline) }}
{{- else if .Values.config.ENTITIES }}{{ $types = len (splitList "," .Values.config.ENTITIES) }}{{ end }}
{{- mul (max 1 $types) (include "sluice.text" .Values.config.STATE_FILL_SECONDS_MAX | int64) }}
{{- end }}
{{- end }}

{{/* The ports of what the configuration names: of brokers that of each, of URLs theirs or that of their scheme. */}}
{{- define "sluice.outsidePorts" -}}
{{- $ports := list }}
{{- range splitList "," (.Values.config.KAFKA_BROKERS | default "") }}
{{- with regexFind "[0-9]+$" (trim .) }}{{ $ports = append $ports (int .) }}{{ end }}
{{- end }}
{{- range $name, $value := .Values.config }}
{{- if ne "ALLOWED_ORIGINS" $name }}
{{- range splitList "," (toString $value) }}
{{- $url := trim . }}
{{- if regexMatch "^https?://" $url }}
{{- $port := regexFind ":[0-9]+$" (urlParse $url).host | trimPrefix ":" }}
{{- $ports = append $ports (int ($port | default (ternary 443 80 (hasPrefix "https:" $url)))) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.networkPolicy.ports }}{{ $ports = append $ports (int .) }}{{ end }}
{{- $ports | uniq | toJson }}
{{- end }}

{{/* What would start and be of no use, or not start, is said before it is installed. */}}
{{- define "sluice.refusals" -}}
{{- $config := .Values.config }}
{{- if not $config.KAFKA_BROKERS }}{{ fail "config.KAFKA_BROKERS must be set." }}{{ end }}
{{- if not $config.SCHEMA_REGISTRY_URL }}{{ fail "config.SCHEMA_REGISTRY_URL must be set." }}{{ end }}
{{- $entities := compact (list $config.ENTITIES .Values.entities.inline .Values.entities.existingConfigMap) }}
{{- if ne (len $entities) 1 }}{{ fail "One of config.ENTITIES, entities.inline and entities.existingConfigMap must be set." }}{{ end }}
{{- $policies := compact (list $config.POLICY_FILE $config.POLICY_TOPIC .Values.policy.inline .Values.policy.existingConfigMap) }}
{{- if ne (len $policies) 1 }}{{ fail "One of policy.inline, policy.existingConfigMap, config.POLICY_TOPIC and config.POLICY_FILE must be set." }}{{ end }}
{{- if not (or $config.JWKS_URL $config.JWT_SECRET_FILE .Values.existingSecret .Values.envFrom .Values.env) }}{{ fail "What verifies tokens must be set: config.JWKS_URL, or JWT_SECRET in the Secret that existingSecret names, or config.JWT_SECRET_FILE." }}{{ end }}
{{- if and .Values.kafkaRackFromZone $config.KAFKA_RACK }}{{ fail "One of kafkaRackFromZone and config.KAFKA_RACK may be set." }}{{ end }}
{{- if and .Values.serviceMonitor.enabled (not .Values.networkPolicy.enabled) }}{{ fail "serviceMonitor.enabled needs networkPolicy.enabled: without it the admin port is on the loopback alone." }}{{ end }}
{{- end }}
