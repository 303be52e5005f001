interface Binary {
  readonly sha256: string
  /** What git calls it: upstream commits its binaries, so that whoever reaches its repository can compare. */
  readonly gitBlob: string
}

/**
 * The binaries of uWebSockets.js that Node 20 (115) and 22 (127) load, as they were when they were first used here. The lock file would let a
 * new version of the package bring others; then whoever changes this list has to say where those come from.
 */
export const uwsBinaries: Readonly<Record<string, Binary>> = {
  'uws_darwin_arm64_115.node': {
    sha256: '5d523bccbe80d3d8fa59422ff81801b8179212b9a8a5da28bff6926a95a65701',
    gitBlob: 'cdca9609cd34f87a08778447666394bd8ad03610',
  },
  'uws_darwin_arm64_127.node': {
    sha256: 'abbeea53d48e21c01808203e9f9835728f2cea720d2e5b154837ee3045b513be',
    gitBlob: 'b97574c95eb6907aeb833b299c4716112be8e275',
  },
  'uws_darwin_x64_115.node': {
    sha256: '1f2a5c73d9dc3066d39b675b73f2c50eddbc4f270d292a6126ddfe3757c54cf9',
    gitBlob: 'fe40ab04b981605be9b104452349c1566bef99d0',
  },
  'uws_darwin_x64_127.node': {
    sha256: 'afd992dc1ca1e33cdc7ce0c72a60baf236e590a257fcecbbbce7bc1a35451387',
    gitBlob: '1b6845cf9c4bcfa435442ffaf07f6136377e85cf',
  },
  'uws_linux_arm64_115.node': {
    sha256: 'c0e29fc143b46b584f3debec7910014ec228198fc1f17aaeacd1de7991bd3769',
    gitBlob: '0682ca460dd6c825441c5c766fb86caa7ba91854',
  },
  'uws_linux_arm64_127.node': {
    sha256: 'd4c4f8b2c28c5f6544b49e36d91b0beee238a5b90a07904a947f77061c8b814d',
    gitBlob: '947b038ffe8efe0acccdac9746dd2bc1e2e442db',
  },
  'uws_linux_arm_115.node': {
    sha256: 'b02d5bc5ab08f040b6b9b818c3eb92806611f77a4dc2439a8f14cac827d498be',
    gitBlob: '80a43810bf7cae787d88c5683ea5fcab382a4f97',
  },
  'uws_linux_arm_127.node': {
    sha256: '0e1d4024b629a1fe17ec76cde8fe7e320101eb8bdcf7b2c4086933932e3cea23',
    gitBlob: 'bf7811118123b890286cdc822378ade20b41c20f',
  },
  'uws_linux_x64_115.node': {
    sha256: '6f8d96d761a64beddb060f1f7f0e617dd293ed127ec1d57507aa561a0083171e',
    gitBlob: '3323c142ab38416a2cfcde2a01b9a6a6e8da8d90',
  },
  'uws_linux_x64_127.node': {
    sha256: '8cabc918bbf9a07323e54f89a33882491080b2eb35df0607f473ccdb1f3c31af',
    gitBlob: '702d4bbe38c6e235621fbc666ad0ce273565fd9e',
  },
  'uws_win32_x64_115.node': {
    sha256: '58c8b8e47ae3dc6c382dbfc24656755106cbecce56add05ca2c32d5c39951ddd',
    gitBlob: '0c05b8762055a56a473e12d2104c261a3b5ae757',
  },
  'uws_win32_x64_127.node': {
    sha256: '585d6ee2dbfc750b1d5a59e6ceaef8a977e90ef3e298a82821d58b41cd72a8c0',
    gitBlob: '5fd43c09f297090d608eaa1e470a9e046eb6737d',
  },
}
