"""Every feature's root fields, put together. Adding a feature adds a line here."""

from __future__ import annotations

import strawberry

from bangban.features.accounts.graphql import AccountMutation
from bangban.features.accounts.writing import PasswordMutation
from bangban.features.archives.graphql import ArchiveQuery
from bangban.features.archives.writing import ArchiveMutation
from bangban.features.areas.graphql import AreaQuery
from bangban.features.areas.writing import AreaMutation
from bangban.features.bookings.graphql import BookingQuery
from bangban.features.bookings.writing import BookingMutation
from bangban.features.boundaries.writing import BoundaryMutation
from bangban.features.bundles.graphql import BundleQuery
from bangban.features.bundles.writing import BundleMutation
from bangban.features.calendar.graphql import CalendarQuery
from bangban.features.calendar.writing import CalendarMutation
from bangban.features.cards.contact_graphql import ContactQuery
from bangban.features.cards.contact_writing import ContactMutation
from bangban.features.cards.graphql import CardQuery
from bangban.features.cards.writing import CardMutation
from bangban.features.cases.listing import CaseQuery
from bangban.features.cases.reveal_writing import RevealMutation
from bangban.features.cases.seal import SealQuery
from bangban.features.cases.watching import CaseSubscription
from bangban.features.cases.writing import CaseMutation
from bangban.features.catalog.delegation_graphql import DelegationQuery
from bangban.features.catalog.drift import DriftQuery
from bangban.features.catalog.graphql import CatalogQuery
from bangban.features.catalog.writing import CatalogMutation
from bangban.features.configuring.graphql import ReadinessQuery
from bangban.features.configuring.writing import ConfiguringMutation
from bangban.features.custody.graphql import CustodyQuery
from bangban.features.custody.writing import CustodyMutation
from bangban.features.directory.graphql import DirectoryQuery
from bangban.features.directory.writing import DirectoryMutation
from bangban.features.districts.graphql import DistrictQuery
from bangban.features.districts.onboarding_graphql import OnboardingQuery
from bangban.features.districts.writing import DistrictMutation, DistrictSubscription
from bangban.features.first_asks.graphql import FirstAskQuery
from bangban.features.first_asks.group_graphql import GroupQuery
from bangban.features.first_asks.group_writing import GroupLogMutation
from bangban.features.first_asks.writing import FirstAskMutation
from bangban.features.fleet.graphql import FleetQuery
from bangban.features.fleet.task_graphql import TaskQuery
from bangban.features.fleet.writing import FleetMutation, FleetSubscription
from bangban.features.guidance.graphql import GuidanceQuery
from bangban.features.guidance.writing import GuidanceMutation
from bangban.features.hall.batch_graphql import IntakeBatchQuery
from bangban.features.hall.graphql import HallQuery
from bangban.features.hall.representatives import RepresentativeQuery
from bangban.features.hall.ticket_writing import TicketMutation
from bangban.features.hall.watching import HallSubscription
from bangban.features.hall.writing import HallMutation
from bangban.features.indicators.graphql import IndicatorQuery
from bangban.features.joint.counting import BundleCountQuery
from bangban.features.joint.graphql import BundleApplicationQuery
from bangban.features.joint.guided import GuidanceHitQuery
from bangban.features.joint.writing import BundleApplicationMutation
from bangban.features.network.graphql import NetworkQuery
from bangban.features.network.placing import PlacingMutation
from bangban.features.network.writing import DelegationMutation
from bangban.features.operators.graphql import OperatorQuery
from bangban.features.operators.writing import OperatorMutation
from bangban.features.orders.graphql import OrderQuery
from bangban.features.orders.issues_graphql import IssueQuery
from bangban.features.orders.skills_graphql import SkillQuery
from bangban.features.orders.skills_writing import SkillMutation
from bangban.features.orders.trainings_graphql import TrainingQuery
from bangban.features.orders.watching import OrderSubscription
from bangban.features.orders.writing import OrderMutation
from bangban.features.outreach.graphql import OutreachQuery
from bangban.features.outreach.writing import OutreachMutation
from bangban.features.people.graphql import PeopleQuery
from bangban.features.people.team_graphql import TeamQuery
from bangban.features.personal_data.graphql import PersonalDataQuery
from bangban.features.personal_data.writing import PersonalDataMutation
from bangban.features.places.graphql import PlaceQuery
from bangban.features.places.writing import PlaceMutation
from bangban.features.policy.graphql import PolicyQuery
from bangban.features.policy.writing import PolicyMutation
from bangban.features.printed_guides.graphql import PrintedGuideQuery
from bangban.features.printed_guides.writing import PrintedGuideMutation
from bangban.features.proxy_use.graphql import ProxyUseQuery
from bangban.features.proxy_use.writing import ProxyUseMutation
from bangban.features.receipts.graphql import ReceiptQuery
from bangban.features.receipts.writing import ReceiptMutation
from bangban.features.recognitions.graphql import RecognitionQuery
from bangban.features.recognitions.writing import RecognitionMutation
from bangban.features.staffing.graphql import StaffingQuery
from bangban.features.staffing.portal_writing import PortalMutation
from bangban.features.staffing.team_writing import TeamMutation
from bangban.features.staffing.writing import StaffingMutation
from bangban.features.statistics.graphql import StatisticsQuery
from bangban.features.supervision.graphql import SupervisionQuery
from bangban.features.supervision.writing import SupervisionMutation
from bangban.features.trail.graphql import TrailQuery
from bangban.features.trail.platform import PlatformTrailQuery
from bangban.features.uploads.graphql import UploadQuery
from bangban.features.uploads.writing import UploadMutation
from bangban.features.wording.graphql import WordingQuery
from bangban.features.wording.writing import WordingMutation


@strawberry.type(description="What can be read 查询.")
class Query(
    ArchiveQuery,
    ReadinessQuery,
    DistrictQuery,
    OnboardingQuery,
    PeopleQuery,
    TeamQuery,
    AreaQuery,
    CatalogQuery,
    DelegationQuery,
    PlaceQuery,
    NetworkQuery,
    OutreachQuery,
    BookingQuery,
    DriftQuery,
    BundleQuery,
    GuidanceQuery,
    PrintedGuideQuery,
    PolicyQuery,
    CalendarQuery,
    CaseQuery,
    SealQuery,
    CustodyQuery,
    FirstAskQuery,
    GroupQuery,
    OrderQuery,
    BundleApplicationQuery,
    HallQuery,
    IntakeBatchQuery,
    RepresentativeQuery,
    SkillQuery,
    TrainingQuery,
    IssueQuery,
    CardQuery,
    ContactQuery,
    ProxyUseQuery,
    RecognitionQuery,
    BundleCountQuery,
    IndicatorQuery,
    GuidanceHitQuery,
    TrailQuery,
    PersonalDataQuery,
    FleetQuery,
    TaskQuery,
    StaffingQuery,
    OperatorQuery,
    DirectoryQuery,
    StatisticsQuery,
    SupervisionQuery,
    WordingQuery,
    PlatformTrailQuery,
    UploadQuery,
    ReceiptQuery,
):
    pass


@strawberry.type(description="What can be done; each field is one transaction 变更.")
class Mutation(
    ArchiveMutation,
    ConfiguringMutation,
    AccountMutation,
    CatalogMutation,
    BundleMutation,
    GuidanceMutation,
    PrintedGuideMutation,
    PlaceMutation,
    PlacingMutation,
    OutreachMutation,
    BookingMutation,
    DelegationMutation,
    PolicyMutation,
    CalendarMutation,
    CaseMutation,
    RevealMutation,
    CustodyMutation,
    FirstAskMutation,
    GroupLogMutation,
    OrderMutation,
    BundleApplicationMutation,
    HallMutation,
    TicketMutation,
    SkillMutation,
    CardMutation,
    ContactMutation,
    ProxyUseMutation,
    RecognitionMutation,
    DistrictMutation,
    PersonalDataMutation,
    AreaMutation,
    BoundaryMutation,
    FleetMutation,
    PasswordMutation,
    StaffingMutation,
    TeamMutation,
    PortalMutation,
    OperatorMutation,
    DirectoryMutation,
    SupervisionMutation,
    WordingMutation,
    UploadMutation,
    ReceiptMutation,
):
    pass


@strawberry.type(description="What can be watched over WebSocket 订阅.")
class Subscription(
    CaseSubscription, OrderSubscription, HallSubscription, DistrictSubscription, FleetSubscription
):
    pass
