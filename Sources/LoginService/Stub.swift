internal import Accounts
