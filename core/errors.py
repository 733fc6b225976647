"""What Solvent refuses, as one short tree.

    SolventError
    ├── SettingsError         a value in the environment or on the command line
    ├── ContractError         contract.toml: file, key, rule
    ├── ImportRefused         raw tables that cannot become a portfolio
    ├── PortfolioMissing      there is no portfolio (or no features) yet
    ├── UnknownApplicant      no such key in the portfolio
    ├── ApplicationRefused    field values outside the contract
    ├── FeatureRowRefused     a feature row that does not fit the model
    ├── ModelMissing          there is no model yet
    ├── ModelRefused          an artefact that is damaged or does not fit
    ├── TrainingRefused       data a model cannot be trained on
    ├── ExplanationRefused    contributions that do not add up to the score
    ├── AccountRefused        a change to an account against its rules
    ├── UnknownPerson         nobody has this user name
    ├── PermissionRefused     an action that this role may not do
    ├── SignInRefused         no session: never signed in, or it has ended
    ├── AccountsUnavailable   an accounts file that is damaged, locked or newer than this program
    ├── LedgerUnavailable     a ledger that cannot be opened
    │   ├── LedgerLocked      another process has it open
    │   └── MasterKeyRefused  the key that opens the applications' keys is missing or another one
    ├── LedgerUnwritable      the ledger can be read but not written: nothing may be decided meanwhile
    ├── UnknownRecord         no such event, application or policy in the record
    ├── ErasedRecord          a record whose person was forgotten
    ├── DecisionRefused       a decision against its rules
    │   └── ScoreStale        a decision for a score that is no longer the one in force
    ├── OutcomeRefused        an outcome against its rules
    ├── ExportRefused         an export that cannot be made
    └── ErasureRefused        an erasure that cannot be carried out
        └── ErasureOpen       begun and not finished: ordered again, it is

Each message names the thing, the rule, what was got and the remedy. `exit_code` is what cron sees.
"""


class SolventError(Exception):
    """A refusal in a calm sentence; safe to show to a person."""

    exit_code = 2


class SettingsError(SolventError):
    pass


class ContractError(SolventError):
    pass


class ImportRefused(SolventError):
    pass


class PortfolioMissing(SolventError):
    exit_code = 3


class UnknownApplicant(SolventError):
    exit_code = 4


class ApplicationRefused(SolventError):
    rule = ""  # the rule of its form that was broken, in fixed words without any value; empty: of its fields


class FeatureRowRefused(SolventError):
    pass


class ModelMissing(SolventError):
    exit_code = 3


class ModelRefused(SolventError):
    pass


class TrainingRefused(SolventError):
    pass


class ExplanationRefused(SolventError):
    pass


class AccountRefused(SolventError):
    pass


class UnknownPerson(SolventError):
    exit_code = 4


class PermissionRefused(SolventError):
    pass


class SignInRefused(SolventError):
    pass


class AccountsUnavailable(SolventError):
    exit_code = 3


class LedgerUnavailable(SolventError):
    exit_code = 3
    first_bad: int | None = None  # the event that is damaged beyond repair, where that is why


class LedgerLocked(LedgerUnavailable):
    pass


class MasterKeyRefused(LedgerUnavailable):
    pass


class LedgerUnwritable(SolventError):
    exit_code = 3


class UnknownRecord(SolventError):
    exit_code = 4


class ErasedRecord(SolventError):
    exit_code = 4


class DecisionRefused(SolventError):
    pass


class ScoreStale(DecisionRefused):
    pass


class OutcomeRefused(SolventError):
    pass


class ExportRefused(SolventError):
    pass


class ErasureRefused(SolventError):
    pass


class ErasureOpen(ErasureRefused):
    exit_code = 3
