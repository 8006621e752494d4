"""What happened, as a module says it; ``lines()`` is how the chart of accounts says it.

A module never names an account. Amounts are ``Money``, never below nought; a party is a
reference such as ``core:household:12`` (see ``freeco.payments.parties``), never a name. Labels
are sentences of ours that stay in the books for ever: French, without anybody's name.

Sources of the schemes: ANC 2014-03 (chart of accounts) and 2018-06 (associations); each fact
names what is particular to it.
"""

from freeco.accounting.facts.gifts_and_loans import (
    Gift,
    GiftReturned,
    GiftsSetAside,
    GiftsUsed,
    HoursGiven,
    InterestAccrued,
    Loan,
    LoanRepaid,
    SharesPaid,
)
from freeco.accounting.facts.means import Fact, Means, Positive
from freeco.accounting.facts.payments import (
    AccountCharge,
    BankCharge,
    Banked,
    Bounced,
    Explained,
    Received,
    Refund,
    TakenFromBank,
    Unexplained,
)
from freeco.accounting.facts.provider import (
    DisputeWon,
    PaymentUndone,
    ProviderFee,
    ProviderFeeReturned,
)
from freeco.accounting.facts.purchases import (
    ExpenseGivenUp,
    ExpensePaid,
    PaidOut,
    Purchase,
    PurchaseLessened,
    VolunteerExpense,
    VolunteerRepaid,
    cost_share,
    cost_share_lessened,
)
from freeco.accounting.facts.results import (
    DeficitCarried,
    RefundPaid,
    ResultAllocated,
    YearClosed,
    least_reserve,
)
from freeco.accounting.facts.sales import (
    Commitment,
    CommitmentLessened,
    Contribution,
    Nature,
    Part,
    RebateDue,
    RebateGranted,
    Sale,
    SaleLessened,
    Uncollectable,
)
from freeco.accounting.facts.solidarity import (
    PoolFed,
    PoolOwed,
    PoolOwes,
    PriceLessened,
    PriceRaised,
)

__all__ = [
    "AccountCharge",
    "BankCharge",
    "Banked",
    "Bounced",
    "Commitment",
    "CommitmentLessened",
    "Contribution",
    "DeficitCarried",
    "DisputeWon",
    "ExpenseGivenUp",
    "ExpensePaid",
    "Explained",
    "Fact",
    "Gift",
    "GiftReturned",
    "GiftsSetAside",
    "GiftsUsed",
    "HoursGiven",
    "InterestAccrued",
    "Loan",
    "LoanRepaid",
    "Means",
    "Nature",
    "PaidOut",
    "Part",
    "PaymentUndone",
    "PoolFed",
    "PoolOwed",
    "PoolOwes",
    "Positive",
    "PriceLessened",
    "PriceRaised",
    "ProviderFee",
    "ProviderFeeReturned",
    "Purchase",
    "PurchaseLessened",
    "RebateDue",
    "RebateGranted",
    "Received",
    "Refund",
    "RefundPaid",
    "ResultAllocated",
    "Sale",
    "SaleLessened",
    "SharesPaid",
    "TakenFromBank",
    "Uncollectable",
    "Unexplained",
    "VolunteerExpense",
    "VolunteerRepaid",
    "YearClosed",
    "cost_share",
    "cost_share_lessened",
    "least_reserve",
]
